/// The style sheet of the reference page, for light and dark screens, and the script of its search.
enum HTMLStyle {
    static let sheet = """
        :root { color-scheme: light dark; --ink: #1b1b1f; --soft: #63636e; --line: #e2e2e8; --paper: #fff;
          --panel: #f6f6f9; --link: #0b57a8; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e6ea; --soft: #9c9ca8; --line: #34343c;
          --paper: #17171a; --panel: #202025; --link: #7ab7ff; } }
        * { box-sizing: border-box; }
        body { margin: 0; display: flex; font: 16px/1.55 system-ui, sans-serif; color: var(--ink);
          background: var(--paper); }
        a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
        nav { width: 15rem; flex: none; height: 100vh; position: sticky; top: 0; overflow-y: auto; padding: 1.5rem 1rem;
          background: var(--panel); border-right: 1px solid var(--line); font-size: .9rem; }
        nav h1 { font-size: 1.1rem; margin: 0 0 .8rem; }
        nav h2 { font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft);
          margin: 1.2rem 0 .2rem; }
        nav ul { list-style: none; margin: 0; padding: 0; }
        nav input { width: 100%; font: inherit; padding: .35rem .6rem; border: 1px solid var(--line);
          border-radius: 6px; background: var(--paper); color: inherit; }
        main { flex: 1; min-width: 0; max-width: 52rem; padding: 1.5rem 2.5rem 30vh; }
        .family { margin: 3rem 0 0; padding-bottom: .3rem; border-bottom: 2px solid var(--line); }
        .family:first-child { margin-top: 0; }
        article { padding: 1.3rem 0; border-bottom: 1px solid var(--line); scroll-margin-top: 1rem; }
        h3 { margin: 0 0 .5rem; font-size: 1.15rem; } h3 a { color: inherit; }
        p { margin: .5rem 0; } .explanation { white-space: pre-line; }
        pre, code, samp { font: .86rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
        pre { margin: .6rem 0; padding: .6rem .8rem; overflow-x: auto; background: var(--panel); border-radius: 6px; }
        pre.signature { white-space: pre-wrap; padding: 0; background: none; color: var(--soft); }
        .comment { color: var(--soft); }
        samp { color: var(--soft); white-space: pre; }
        table { border-collapse: collapse; width: 100%; margin: .6rem 0; font-size: .92rem; }
        th, td { text-align: left; vertical-align: top; padding: .35rem .9rem .35rem 0; border-top: 1px solid var(--line);
          font-weight: normal; }
        .type, small { color: var(--soft); } small span:not(:last-child)::after { content: " ·"; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .6rem 0; font-size: .92rem; }
        dt { color: var(--soft); } dd { margin: 0; }
        [hidden] { display: none !important; }
        @media (max-width: 50rem) { body { display: block; } nav { width: auto; height: auto; position: static; }
          nav section { display: none; } main { padding: 1rem; } }
        @media print { nav { display: none; } }
        """

    static let script = """
        const box = document.getElementById("search-box");
        const pages = [...document.querySelectorAll("article")];
        const links = new Map([...document.querySelectorAll("nav li a")].map(a => [a.hash.slice(1), a.parentElement]));
        box.addEventListener("input", () => {
          const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
          for (const page of pages) {
            page.hidden = !words.every(word => page.dataset.words.includes(word));
            if (links.has(page.id)) links.get(page.id).hidden = page.hidden;
          }
          // Headings without anything below them.
          const shown = element => element && !element.hidden;
          for (const head of document.querySelectorAll("main .family")) {
            let next = head.nextElementSibling;
            while (next && !next.matches(".family") && !shown(next)) next = next.nextElementSibling;
            head.hidden = words.length > 0 && (!next || !next.matches("article"));
          }
          for (const part of document.querySelectorAll("nav section"))
            part.hidden = ![...part.querySelectorAll("li")].some(shown);
          const grammar = document.getElementById("grammar");
          grammar.hidden = grammar.nextElementSibling.hidden = words.length > 0;
          document.getElementById("nothing").hidden = words.length === 0 || pages.some(shown);
        });
        document.addEventListener("keydown", event => {
          if (event.key === "/" && document.activeElement !== box) { event.preventDefault(); box.focus(); }
        });
        """
}
