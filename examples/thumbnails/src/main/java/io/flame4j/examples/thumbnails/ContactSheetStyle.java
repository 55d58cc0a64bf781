package io.flame4j.examples.thumbnails;

/** How the {@link ContactSheet} looks. */
final class ContactSheetStyle {

    static final String CSS = """
            :root { color-scheme: light dark; --paper: #f5f6f8; --card: #ffffff; --ink: #1b2330; --quiet: #5d6878;
              --line: #e0e4ea; --link: #1f5fcb; --mat: #e9ecf1; }
            @media (prefers-color-scheme: dark) { :root { --paper: #0e1116; --card: #14181f; --ink: #e8ebf0;
              --quiet: #9aa5b5; --line: #262d38; --link: #82aeff; --mat: #0a0c10; } }
            * { box-sizing: border-box; }
            body { margin: 0 auto; padding: 2rem clamp(1rem, 4vw, 3rem); max-width: 1500px; background: var(--paper);
              color: var(--ink); font: 15px/1.45 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
            h1 { margin: 0 0 1.25rem; font-size: 1.9rem; line-height: 1.2; overflow-wrap: anywhere; }
            h2 { margin: 2.75rem 0 .75rem; font-size: 1.25rem; }
            h3 { margin: 0 0 .6rem; font-size: .85rem; font-weight: 600; color: var(--quiet); }
            p { margin: 0 0 1rem; }
            ul { list-style: none; margin: 0; padding: 0; }
            figure, dl, dd { margin: 0; }
            a { color: var(--link); }
            a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
            .kind { margin: 0 0 .15rem; color: var(--quiet); }
            .quiet, .facts, footer { color: var(--quiet); }
            .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 1px;
              background: var(--line); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
            .figures > div { background: var(--card); padding: .8rem 1rem; display: flex; flex-direction: column; }
            .figures dt { color: var(--quiet); font-size: .82rem; }
            .figures dd { font-size: 1.45rem; font-weight: 600; font-variant-numeric: tabular-nums; }
            .figures .note { font-size: .8rem; font-weight: 400; color: var(--quiet); }
            .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 1rem; }
            .grid figure, .groups > li { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
              overflow: hidden; }
            .grid li:target figure, .groups > li:target { border-color: var(--link); box-shadow: 0 0 0 2px var(--link); }
            .picture { display: block; position: relative; aspect-ratio: 1; background: var(--mat); }
            .picture img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: scale-down; }
            .picture:focus-visible { outline-offset: -3px; }
            .grid figure { position: relative; }
            .group { position: absolute; top: .5rem; right: .5rem; padding: .1rem .55rem; border-radius: 1rem;
              background: var(--card); font-size: .78rem; text-decoration: none; }
            .group:hover { text-decoration: underline; }
            .colours { display: flex; height: 10px; }
            .colours > span { min-width: 4px; }
            .grid .name, .grid .facts { display: block; padding: 0 .75rem; }
            .grid .name { padding-top: .55rem; font-weight: 600; font-size: .88rem; white-space: nowrap;
              overflow: hidden; text-overflow: ellipsis; }
            .grid .facts { padding-bottom: .65rem; }
            .facts { font-size: .78rem; font-variant-numeric: tabular-nums; }
            .groups { display: grid; grid-template-columns: repeat(auto-fill, minmax(310px, 1fr)); gap: 1rem; }
            .groups > li { padding: .8rem; }
            .groups ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(125px, 1fr)); gap: .75rem; }
            .groups .picture { border-radius: 6px; overflow: hidden; }
            .groups .name { display: block; margin-top: .35rem; font-size: .8rem; overflow-wrap: anywhere; }
            .wide { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
            .timeline > * { display: block; width: 100%; min-width: 760px; }
            table { border-collapse: collapse; width: 100%; }
            th, td { padding: .55rem 1rem; text-align: left; font-size: .88rem; overflow-wrap: anywhere; }
            thead th { color: var(--quiet); font-weight: 400; }
            tbody tr { border-top: 1px solid var(--line); }
            tbody th { font-weight: 600; }
            footer { margin-top: 3rem; font-size: .85rem; }
            @media (max-width: 520px) { .grid { grid-template-columns: repeat(2, 1fr); gap: .6rem; } }
            """;

    private ContactSheetStyle() {}
}
