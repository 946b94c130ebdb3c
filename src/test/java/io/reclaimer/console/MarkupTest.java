package io.reclaimer.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MarkupTest {

    @Test
    void textAndAttributesAreEscaped() {
        Markup page = new Markup().element("p", "a < b & \"c\" > d", "title", "\"><script>");
        assertThat(page).hasToString("<p title=\"&quot;&gt;&lt;script&gt;\">a &lt; b &amp; &quot;c&quot; &gt; d</p>\n");
    }

    @Test
    void whatXmlHasNoWordForIsReplaced() {
        assertThat(new Markup().text("a\0b\u001bc\uFFFEd\ne🙂")).hasToString("a\uFFFDb\uFFFDc\uFFFDd\ne🙂");
    }

    @Test
    void anElementThatIsStillOpenIsAFault() {
        Markup page = new Markup().open("p");
        assertThatThrownBy(page::toString).isInstanceOf(IllegalStateException.class);
    }
}
