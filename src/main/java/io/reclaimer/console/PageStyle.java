package io.reclaimer.console;

/** How the page of scenarios looks: for light and dark screens, narrow and wide ones, and on paper. */
final class PageStyle {

    /** So many lines of a chart can be told apart. */
    static final int LINES = 8;

    /** A colour is never all: lines have dashes, verdicts words. */
    static final String CSS = """

            :root { color-scheme: light dark; --page: #fbfbfa; --card: #ffffff; --ink: #1c1d1f; --soft: #5b6068;
              --line: #d9dce0; --grid: #eceef0; --good: #12703c; --good-back: #e2f4e8; --bad: #b01e1e; --bad-back: #fde8e6;
              --c0: #0068ad; --c1: #c24e00; --c2: #00795a; --c3: #a03f86; --c4: #7d6100; --c5: #5146c9; --c6: #b02a3a;
              --c7: #555b63; }
            @media (prefers-color-scheme: dark) { :root { --page: #15171a; --card: #1d2024; --ink: #e8eaed; --soft: #a3aab3;
              --line: #3a3f46; --grid: #2a2e34; --good: #7fdca4; --good-back: #17372a; --bad: #ff9d94; --bad-back: #47211f;
              --c0: #5cb8f2; --c1: #ff9d57; --c2: #3fd0a4; --c3: #ea9fd2; --c4: #e3c54d; --c5: #a9a4ff; --c6: #ff8f97;
              --c7: #bcc2ca; } }
            * { box-sizing: border-box; }
            body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 62rem; background: var(--page); color: var(--ink);
              font: 15px/1.5 system-ui, sans-serif; }
            h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
            h2 { font-size: 1.25rem; margin: 0; overflow-wrap: anywhere; }
            h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
            p { margin: .25rem 0; }
            a { color: var(--c0); }
            .soft { color: var(--soft); }
            section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1.25rem;
              margin-top: 1.5rem; }
            .head { display: flex; gap: .75rem; align-items: center; flex-wrap: wrap; }
            .verdict { font-weight: 600; font-size: .8rem; padding: .1rem .55rem; border-radius: 1rem; white-space: nowrap; }
            .pass { color: var(--good); background: var(--good-back); }
            .fail { color: var(--bad); background: var(--bad-back); }
            nav ul, .legend { list-style: none; margin: .75rem 0 0; padding: 0; }
            nav li { display: flex; gap: .6rem; align-items: baseline; padding: .15rem 0; }
            nav .verdict { min-width: 4.4rem; text-align: center; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; width: 100%; font-size: .9rem; }
            th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-top: 1px solid var(--line); }
            thead th { border-top: 0; color: var(--soft); font-weight: 600; }
            td.time, td.where { width: 1%; white-space: nowrap; font-variant-numeric: tabular-nums; }
            td.value { overflow-wrap: anywhere; }
            td.sum { color: var(--soft); }
            details { margin-top: .5rem; }
            summary { cursor: pointer; padding: .25rem 0; }
            .all .wide { max-height: 26rem; overflow-y: auto; }
            .wide table { min-width: 38rem; }
            figure { margin: 0 0 1.5rem; }
            figcaption { font-weight: 600; font-size: .9rem; }
            svg.chart { display: block; width: 100%; min-width: 38rem; height: auto; }
            svg text { fill: var(--soft); font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
            .grid { stroke: var(--grid); stroke-width: 1; }
            .axis { stroke: var(--line); stroke-width: 1; }
            .step-line { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 3; }
            .fail-line { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 5 3; }
            .mark { fill: var(--soft); }
            .mark.fault, .mark.failed { fill: var(--bad); }
            .mark.passed { fill: var(--good); }
            .s { fill: none; stroke-width: 1.75; stroke-linejoin: round; }
            .s0 { stroke: var(--c0); } .s1 { stroke: var(--c1); stroke-dasharray: 12 2; }
            .s2 { stroke: var(--c2); stroke-dasharray: 2 2; } .s3 { stroke: var(--c3); stroke-dasharray: 9 2 2 2; }
            .s4 { stroke: var(--c4); } .s5 { stroke: var(--c5); stroke-dasharray: 12 2; }
            .s6 { stroke: var(--c6); stroke-dasharray: 2 2; } .s7 { stroke: var(--c7); stroke-dasharray: 9 2 2 2; }
            .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.25rem; font-size: .85rem; margin: .25rem 0 0; }
            .legend svg { width: 28px; height: 8px; vertical-align: middle; margin-right: .3rem; }
            @media print { body { max-width: none; } section { break-inside: avoid-page; } }
            """;

    private PageStyle() {}
}
