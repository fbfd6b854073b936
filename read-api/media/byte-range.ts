/** The `Range` of a request (RFC 9110, 14.2), as far as it is of one range of bytes. */
import type { ByteRange } from '../../ports/media/port.ts';

/** `none`: all of it is to be sent, as also for a range that isn't understood, or several of them. */
export type AskedRange = { readonly asked: 'none' } | { readonly asked: 'unsatisfiable' } | ({ readonly asked: 'range' } & ByteRange);

export function rangeIn(header: string | undefined, bytes: number): AskedRange {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return { asked: 'none' };
  if (first === '')
    return Number(last) === 0 || bytes === 0 ? { asked: 'unsatisfiable' } : { asked: 'range', from: Math.max(0, bytes - Number(last)), to: bytes - 1 };
  const [from, to] = [Number(first), last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1)];
  if (last !== '' && Number(last) < from) return { asked: 'none' };
  return from >= bytes ? { asked: 'unsatisfiable' } : { asked: 'range', from, to };
}
