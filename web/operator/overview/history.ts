/** What was read while the page is open, so that a chart has something to show. Kept from page to page, and for so long alone. */
import { signal } from '@preact/signals';

const SAMPLES_MAX = 720;

export type Sample = { readonly at: number; readonly waiting: number; readonly perSecond: number; readonly lagSeconds: number; readonly deadLetters: number };
type Measured = Partial<Omit<Sample, 'at'>>;

export const samples = signal<readonly Sample[]>([]);

/** What isn't measured now is as it was. */
export function addSample(measured: Measured): void {
  const before = samples.value.at(-1);
  const sample = { waiting: 0, perSecond: 0, lagSeconds: 0, deadLetters: 0, ...before, ...measured, at: Date.now() };
  samples.value = [...samples.value, sample].slice(-SAMPLES_MAX);
}
