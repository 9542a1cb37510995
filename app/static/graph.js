// The data graph: what a node is connected to stands out while one points at it or stands on it. Improvement only.
for (const picture of document.querySelectorAll("svg.graph")) {
  const edges = [...picture.querySelectorAll(".edge")];
  const nodes = new Map([...picture.querySelectorAll(".node")].map((node) => [node.dataset.node, node]));
  const calm = () => {
    picture.classList.remove("lit");
    for (const each of picture.querySelectorAll(".near")) each.classList.remove("near");
  };
  const light = (event) => {
    const node = event.target.closest(".node");
    calm();
    if (!node) return;
    picture.classList.add("lit");
    node.classList.add("near");
    for (const edge of edges) {
      const { from, to } = edge.dataset;
      if (from !== node.dataset.node && to !== node.dataset.node) continue;
      edge.classList.add("near");
      nodes.get(from).classList.add("near");
      nodes.get(to).classList.add("near");
    }
  };
  picture.addEventListener("mouseover", light);
  picture.addEventListener("focusin", light);
  picture.addEventListener("mouseleave", calm);
  picture.addEventListener("focusout", calm);
}
