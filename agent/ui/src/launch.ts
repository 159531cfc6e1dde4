/** The one-time code that the page was opened with. It stands in the fragment, which no browser sends anywhere. */
const MARK = "#launch=";

/** Return the code of a fragment, empty when it has none. */
export function launchCode(fragment: string): string {
  return fragment.startsWith(MARK) ? decodeURIComponent(fragment.slice(MARK.length)) : "";
}

/** Return the address bar's code and take it out there. */
export function takeLaunch(): string {
  const code = launchCode(location.hash);
  if (code) history.replaceState(history.state, "", "#/");
  return code;
}
