/** What is told at the foot of chat for a while: that something was refused, or is done. */
import { signal } from '@preact/signals';

const SHOWN_MS = 8_000;
export const said = signal<string | undefined>(undefined);
let timer: ReturnType<typeof setTimeout> | undefined;

export function say(text: string): void {
  said.value = text;
  clearTimeout(timer);
  timer = setTimeout(() => (said.value = undefined), SHOWN_MS);
}
