/** A message's body begins with its number, so that its arrival can be told from the raw frame without parsing it. */
import { BODY_BYTES } from './sizes.ts';

const NUMBER_DIGITS = 8;
const TEXT_FIELD = '"text":"';

export const bodyOf = (n: number): string => String(n).padStart(NUMBER_DIGITS, '0').padEnd(BODY_BYTES, 'x');

export const isMessage = (frame: Buffer): boolean => frame.includes(TEXT_FIELD);

/** Undefined: the frame isn't a message. */
export function numberIn(frame: Buffer): number | undefined {
  const at = frame.indexOf(TEXT_FIELD);
  if (at < 0) return undefined;
  return Number(frame.toString('latin1', at + TEXT_FIELD.length, at + TEXT_FIELD.length + NUMBER_DIGITS));
}
