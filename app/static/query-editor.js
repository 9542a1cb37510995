// The query page's editor: YASQE in place of the text field, which stays the form's own. Improvement only: where the
// editor was not fetched at set-up, or fails, the field is used as it is. Suggestions come from this portal's own VoID;
// nothing else is asked.
(() => {
  const form = document.querySelector("form[data-terms]");
  const field = form && form.querySelector("textarea[name=query]");
  const choice = form && form.querySelector(".editor-choice");
  if (!form || !window.Yasqe) return;
  const words = form.dataset;
  const KEPT = "suishu-plain-query";
  const LONG = 8000; // characters of an address; longer queries are sent in the body
  const MOST = 60; // suggestions at once
  let editor = null;
  let told = Boolean(words.wrongLine); // what the endpoint said of this very text stands until it is changed

  // ---- what can be suggested ----

  let asked = null;
  const terms = () => (asked ||= fetch(words.terms).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
    .catch(() => { asked = null; return { prefixes: {}, classes: [], properties: [] }; }));

  const shown = new Map(); // what is inserted -> how often the graph has it

  const shorten = (iri, declared, known) => {
    for (const prefixes of [declared, known]) {
      for (const [prefix, namespace] of Object.entries(prefixes)) {
        const rest = iri.slice(namespace.length);
        if (iri.startsWith(namespace) && /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(rest)) return `${prefix}:${rest}`;
      }
    }
    return `<${iri}>`;
  };

  // Words match an address from its beginning (written out or by a prefix), or anywhere in its last part.
  const matching = (kind) => async (yasqe, token) => {
    const { prefixes, [kind]: all } = await terms();
    const declared = yasqe.getPrefixesFromQuery();
    const typed = token.string.trim();
    const [prefix, rest] = typed.includes(":") && !typed.startsWith("<") ? typed.split(":", 2) : ["", ""];
    const namespace = declared[prefix] ?? prefixes[prefix];
    const from = typed.startsWith("<") ? typed.slice(1).replace(/>$/, "") : namespace ? namespace + rest : "";
    const part = typed.toLowerCase();
    const fits = ([iri]) => (from ? iri.startsWith(from) : iri.split(/[/#]/).pop().toLowerCase().includes(part));
    return all.filter(fits).slice(0, MOST).map(([iri, count]) => {
      const text = shorten(iri, declared, prefixes);
      shown.set(text, count);
      return text;
    });
  };

  const render = (element, _, hint) => {
    element.append(hint.text);
    if (!shown.has(hint.text)) return;
    const count = document.createElement("span");
    count.className = "hint-count";
    count.textContent = ` ${shown.get(hint.text).toLocaleString(document.documentElement.lang)}`;
    element.append(count);
  };
  const drawn = (_, hints) => hints.map((hint) => ({ ...hint, render }));

  const prefixLines = async (_, token) => {
    const lines = Object.entries((await terms()).prefixes).map(([prefix, namespace]) => `${prefix}: <${namespace}>`);
    const typed = (token.autocompletionString || token.string).trim();
    return lines.filter((line) => line.startsWith(typed)).sort();
  };

  // A prefix that we know is declared as soon as it is used.
  const declare = async (yasqe) => {
    const { prefixes } = await terms();
    const declared = yasqe.getPrefixesFromQuery();
    const at = yasqe.getDoc().getCursor();
    const token = yasqe.getTokenAt(at);
    const prefix = token.type === "string-2" && token.string.includes(":") ? token.string.split(":")[0] : "";
    const before = prefix && yasqe.getPreviousNonWsToken(at.line, token).string.toUpperCase();
    if (prefix && before !== "PREFIX" && !(prefix in declared) && prefix in prefixes) {
      yasqe.addPrefixes({ [prefix]: prefixes[prefix] });
      yasqe.autocomplete(true);
    }
  };

  // ---- what is wrong, told where it is ----

  const PLAIN = { IRI_REF: "<…>", VAR1: "?…", PNAME_LN: "dct:…", PNAME_NS: "dct:", INTEGER: "1", STRING_LITERAL1: "'…'",
    STRING_LITERAL2: "\"…\"" };

  const firstMistake = (yasqe) => {
    for (let line = 0; line < yasqe.getDoc().lineCount(); line += 1) {
      const token = yasqe.getLineTokens(line).find((each) => each.state.OK === false || each.type === "error");
      if (token) return { line, from: token.start, to: token.end, expected: token.state.possibleCurrent || [] };
    }
    return null;
  };

  const tell = (yasqe, mistake, text) => {
    yasqe.wrong?.clear();
    yasqe.clearGutter("gutterErrorBar");
    const status = form.querySelector(".editor-status");
    if (status.textContent !== text) status.textContent = text;
    if (!mistake) return;
    const { line, from, to } = mistake;
    yasqe.wrong = yasqe.getDoc().markText({ line, ch: from }, { line, ch: Math.max(to, from + 1) }, { className: "query-wrong" });
    const sign = document.createElement("span");
    sign.className = "query-wrong-line";
    sign.textContent = "!";
    sign.title = text;
    yasqe.setGutterMarker(line, "gutterErrorBar", sign);
  };

  const check = (yasqe) => {
    if (told) return undefined;
    const mistake = firstMistake(yasqe);
    yasqe.queryValid = !mistake;
    if (!mistake) return tell(yasqe, null, "");
    const could = mistake.expected.map((each) => PLAIN[each] || each).filter((each) => !/^[A-Z0-9]+_[A-Z_0-9]+$|^VAR2$/.test(each));
    const text = words.mistake.replace("{line}", mistake.line + 1).replace("{column}", mistake.from + 1);
    const more = could.length ? words.expected.replace("{list}", could.slice(0, 8).join("  ") + (could.length > 8 ? "  …" : "")) : "";
    return tell(yasqe, mistake, text + more);
  };

  // ---- the editor ----

  const { Yasqe } = window;
  Yasqe.forkAutocompleter("prefixes", { name: "prefixes", get: prefixLines, bulk: false, persistenceId: null,
    onInitialize: (yasqe) => yasqe.on("change", (_, change) => { if (/^(\+input|complete|paste)/.test(change.origin)) declare(yasqe); }) }, false);
  for (const [name, kind] of [["property", "properties"], ["class", "classes"]]) {
    Yasqe.forkAutocompleter(name, { name, get: matching(kind), autoShow: true, preProcessToken: null, postProcessSuggestion: null,
      postprocessHints: drawn }, false);
  }
  let waiting = 0;
  Yasqe.prototype.checkSyntax = function checkSyntax() {
    clearTimeout(waiting);
    waiting = setTimeout(() => { if (editor) check(editor); }, 600);
  };
  Yasqe.prototype.handleCursorActivity = () => {}; // suggestions are for those who type, not for the arrow keys

  const send = () => form.requestSubmit(form.querySelector("button.button-main"));

  const open = () => {
    const place = document.createElement("div");
    place.className = "query-editor";
    field.before(place);
    editor = new Yasqe(place, {
      value: field.value, lineNumbers: true, editorHeight: "auto", resizeable: false, showQueryButton: false, persistenceId: null,
      createShareableLink: null, consumeShareLink: null, inputStyle: "contenteditable", screenReaderLabel: words.label,
      extraKeys: { Tab: false, "Shift-Tab": false, Esc: false, "Ctrl-S": false, "Ctrl-Enter": send, "Cmd-Enter": send,
        "Ctrl-]": "indentMore", "Ctrl-[": "indentLess" },
    });
    const input = editor.getInputField();
    input.setAttribute("role", "textbox");
    input.setAttribute("aria-multiline", "true");
    input.setAttribute("aria-describedby", "editor-keys");
    editor.on("change", () => { told = false; field.value = editor.getValue(); });
    editor.on("inputRead", (_, change) => {
      if (change.origin === "+input" && /[\w:?$<]$/.test(change.text.join(""))) editor.autocomplete(true);
    });
    editor.on("focus", terms);
    editor.on("autocompletionShown", (_, widget) => {
      widget.hints.setAttribute("aria-label", words.suggestions);
      widget.hints.removeAttribute("aria-expanded");
    });
    field.hidden = true;
    field.required = false;
    form.querySelector(".editor-keys").hidden = false;
    const { wrongLine, wrongColumn } = words;
    if (wrongLine) {
      const from = { line: wrongLine - 1, ch: wrongColumn - 1 };
      editor.getDoc().setCursor(from);
      const token = editor.getTokenAt({ line: from.line, ch: from.ch + 1 });
      tell(editor, { line: from.line, from: from.ch, to: token.end }, "");
    }
  };

  const close = () => {
    const text = editor.getValue();
    editor.destroy();
    form.querySelector(".query-editor").remove();
    editor = null;
    field.hidden = false;
    field.value = text;
    form.querySelector(".editor-keys").hidden = true;
    form.querySelector(".editor-status").textContent = "";
  };

  let plain = false;
  try { plain = localStorage.getItem(KEPT) === "1"; } catch { /* storage is shut */ }
  const show = () => {
    if (plain && editor) close();
    if (!plain && !editor) open();
    choice.textContent = plain ? words.rich : words.plain;
  };
  choice.hidden = false;
  choice.addEventListener("click", () => {
    plain = !plain;
    try { localStorage.setItem(KEPT, plain ? "1" : "0"); } catch { /* storage is shut */ }
    show();
    (editor || field).focus();
  });
  document.querySelector("label[for=query]").addEventListener("click", () => editor?.focus());
  form.addEventListener("submit", () => {
    form.method = encodeURIComponent(field.value).length > LONG ? "post" : "get";
  });
  try { show(); } catch (error) {
    form.querySelector(".query-editor")?.remove();
    field.hidden = false;
    choice.hidden = true;
    throw error;
  }
})();
