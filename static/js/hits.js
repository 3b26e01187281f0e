// Asks the server in which messages of a conversation words are.

/** {hits: [{id, depth}] in the order of the conversation, rest}; above depth `rest` there may be more. Null: no answer. */
finding.ask = async (url, query) => {
  const headers = { "HX-Request": "true" };
  const answer = await fetch(`${url}?${new URLSearchParams(query)}`, { headers }).catch(() => null);
  if (!answer?.ok) return null;
  const list = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("ol");
  const items = [...(list?.children ?? [])];
  return {
    rest: list?.dataset.rest ?? "",
    hits: items.map(({ dataset }) => ({ id: dataset.hit, depth: Number(dataset.depth) })),
  };
};

/** Which of the hits is the first from where one reads on; past the last one, the last. */
finding.nearest = (hits) => {
  const { top } = byId("scroller").getBoundingClientRect();
  const seen = rowsHere().find((one) => one.getBoundingClientRect().bottom > top);
  const next = hits.findIndex(({ depth }) => depth >= Number(seen?.dataset.depth ?? 0));
  return next < 0 ? hits.length - 1 : next;
};
