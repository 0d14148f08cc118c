// A piece among the outputs of others: the figure before this script becomes what people explore, in a shadow of its own, where neither
// the page's style reaches it nor ours the page. Some pages run a script where it does not stand, and find it by its name.
const host = document.currentScript?.parentElement ?? document.getElementById(name);
const figure = host?.querySelector("figure[data-explorable]");
if (figure && !host.shadowRoot) {
  host.setAttribute("data-bas-piece", "");
  host.attachShadow({ mode: "open" }).append(make("style", { textContent: style }), figure);
  // Keys move sliders here, and not the page's cells: so says JupyterLab's attribute.
  host.setAttribute("data-lm-suppress-shortcuts", "true");
  addExplorer(figure, explorers);
}
