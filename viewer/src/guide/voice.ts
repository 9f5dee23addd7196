/** The audio guide: the device's own voices read. Those that a server speaks are never asked. */

import type { Spoken } from "../page/languages.ts";

export class Voice {
  private isOn = false;

  constructor() {
    if ("speechSynthesis" in window) speechSynthesis.getVoices(); // Chromium looks for them once it is asked, and has none till then
  }

  /** Switch it; false when this device has no voice of its own for any of the languages. */
  switch(on: boolean, languages: Iterable<string>): boolean {
    if (on && ![...languages].some(find)) return false;
    this.isOn = on;
    if (!on) this.hush();
    return true;
  }

  get on(): boolean {
    return this.isOn;
  }

  /** Read `parts`, each with a voice of its language, in place of what is being read; false when there is none for all. */
  read(parts: readonly Spoken[]): boolean {
    this.hush();
    if (!this.isOn) return true;
    const said = parts.flatMap(({ text, language }) => {
      const voice = find(language);
      if (!voice) return [];
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.voice = voice;
      utterance.lang = voice.lang;
      return [utterance];
    });
    for (const utterance of said) speechSynthesis.speak(utterance);
    return said.length > 0;
  }

  hush(): void {
    if ("speechSynthesis" in window) speechSynthesis.cancel();
  }
}

/** The voice of this device that is nearest: of the language, better of its script, too, and best of its region. */
function find(language: string): SpeechSynthesisVoice | undefined {
  if (!("speechSynthesis" in window)) return undefined;
  const wanted = known(language);
  const nearness = (voice: SpeechSynthesisVoice): number => {
    const has = known(voice.lang);
    if (!wanted || has?.language !== wanted.language) return 0;
    return 1 + 2 * Number(has.script === wanted.script) + Number(has.region === wanted.region);
  };
  return speechSynthesis.getVoices().filter((voice) => voice.localService && nearness(voice) > 0)
    .sort((a, b) => nearness(b) - nearness(a))[0];
}

/** With the script and the region that are meant where none is said; Android writes en_US. */
function known(tag: string): Intl.Locale | null {
  try {
    return new Intl.Locale(tag.replaceAll("_", "-")).maximize();
  } catch {
    return null;
  }
}
