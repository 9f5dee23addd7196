/** The audio guide: the device's own voice reads. Voices that a server speaks are never asked. */

import type { Language } from "../page/words.ts";

export class Voice {
  private isOn = false;

  constructor() {
    if ("speechSynthesis" in window) speechSynthesis.getVoices(); // Chromium looks for them once it is asked, and has none till then
  }

  /** Switch it; false when this device has no voice of its own for the language. */
  switch(on: boolean, language: Language): boolean {
    if (on && !this.find(language)) return false;
    this.isOn = on;
    if (!on) this.hush();
    return true;
  }

  get on(): boolean {
    return this.isOn;
  }

  /** Read `text`, in place of what is being read; resolves when it was read to its end, or hushed. */
  read(text: string, language: Language): Promise<void> {
    this.hush();
    const voice = this.isOn ? this.find(language) : undefined;
    if (!voice) return Promise.resolve();
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    return new Promise((done) => {
      utterance.onend = utterance.onerror = () => done();
      speechSynthesis.speak(utterance);
    });
  }

  hush(): void {
    if ("speechSynthesis" in window) speechSynthesis.cancel();
  }

  private find(language: Language): SpeechSynthesisVoice | undefined {
    if (!("speechSynthesis" in window)) return undefined;
    return speechSynthesis.getVoices().find((voice) => voice.localService && voice.lang.toLowerCase().startsWith(language));
  }
}
