/** Which of the browser's voices reads a language. Pure. A voice that lives in a network is none: a document stays on the kit. */

/** Return a local voice of the document's language, of its own region before another; undefined when there is none. */
export function voiceFor(language: string, voices: readonly SpeechSynthesisVoice[]): SpeechSynthesisVoice | undefined {
  const [wanted, base = ""] = [language.toLowerCase(), language.toLowerCase().split("-")[0]];
  const named = (it: SpeechSynthesisVoice): string => it.lang.toLowerCase().replace("_", "-");
  const here = voices.filter((it) => it.localService);
  return here.find((it) => named(it) === wanted) ?? here.find((it) => named(it).split("-")[0] === base);
}
