/** Who is online, of those whom chat shows. */
import { signal } from '@preact/signals';
import type { Presence, Tidings } from '../../client/index.ts';
import { session, whenLeaving } from '../app/session.ts';

export const presence = signal<Readonly<Record<string, Presence>>>({});
const WATCHED_MAX = 100;
let stop: (() => void) | undefined;
let watched = '';

whenLeaving(() => {
  stop?.();
  stop = undefined;
  watched = '';
  presence.value = {};
});

/** In place of those before. */
export function watchPeople(people: readonly string[]): void {
  const tidings: Tidings | undefined = session.value?.tidings;
  if (tidings === undefined) return;
  stop ??= tidings.chat.presence.subscribe((now) => (presence.value = now));
  const wanted = [...new Set(people)].slice(0, WATCHED_MAX);
  const key = wanted.join();
  if (key === watched) return;
  watched = key;
  tidings.chat.watch(wanted);
}
