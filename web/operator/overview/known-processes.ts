/** A process that answered a while ago and doesn't now is what an operator wants to see first: it stays in the list, as one that is silent. */
import type { ProcessLine } from '../app/lines.ts';

/** It is gone then, and not only slow. */
const REMEMBERED_MS = 10 * 60_000;

export type KnownProcess = ProcessLine & { readonly isSilent: boolean };

const known = new Map<string, { readonly line: ProcessLine; readonly heardAt: number }>();

export function knownProcesses(answered: readonly ProcessLine[]): readonly KnownProcess[] {
  const now = Date.now();
  for (const line of answered) known.set(line.process, { line, heardAt: now });
  for (const [process, { heardAt }] of known) if (now - heardAt > REMEMBERED_MS) known.delete(process);
  return [...known.values()].map(({ line, heardAt }) => ({ ...line, isSilent: heardAt !== now }));
}
