/** Where the person is: the address, with what was in sight at each entry of the history. */
import { signal } from '@preact/signals';

export const path = signal(location.pathname);
/** Counts the ways back and forth, on which the page is scrolled to where it was. */
export const returns = signal(0);
/** Names the entry of the history: what a page keeps for who comes back is kept under it. */
export const entry = signal(entryOf(history.state));

/** `anchor`: what stood first in sight, and how far below the upper edge; what is above it may have changed meanwhile. */
type Place = { readonly scroll: number; readonly anchor?: { readonly name: string; readonly topPx: number } };
type EntryState = { readonly entry?: string };

const PLACES_MAX = 100;
/** What was in sight may have to be drawn, and to be loaded, first. */
const RETURN_FRAMES_MAX = 60;
const STEADY_FRAMES = 4;
const places = new Map<string, Place>();
let returning = 0;

history.scrollRestoration = 'manual';
history.replaceState({ entry: entry.value } satisfies EntryState, '');

export function goTo(to: string): void {
  keepPlace();
  move('pushState', to, newEntry());
}

/** In place of the page that is there: nobody wants to come back to it. */
export function replaceBy(to: string): void {
  move('replaceState', to, newEntry());
}

function move(how: 'pushState' | 'replaceState', to: string, name: string): void {
  returning = 0;
  history[how]({ entry: name } satisfies EntryState, '', to);
  entry.value = name;
  path.value = location.pathname;
}

addEventListener('popstate', ({ state }) => {
  keepPlace();
  entry.value = entryOf(state);
  path.value = location.pathname;
  returns.value++;
  returnTo(places.get(entry.value) ?? { scroll: 0 });
});

// Who scrolls is not scrolled.
for (const type of ['wheel', 'touchmove', 'keydown', 'pointerdown']) addEventListener(type, () => (returning = 0), { passive: true });

function keepPlace(): void {
  const header = document.querySelector('header.top')?.getBoundingClientRect().bottom ?? 0;
  const first = [...document.querySelectorAll<HTMLElement>('[data-anchor]')].find((one) => one.getBoundingClientRect().bottom > header);
  const anchor = first === undefined ? {} : { anchor: { name: first.dataset['anchor'] ?? '', topPx: first.getBoundingClientRect().top } };
  places.delete(entry.value);
  places.set(entry.value, { scroll: scrollY, ...(scrollY === 0 ? {} : anchor) });
  for (const oldest of [...places.keys()].slice(0, Math.max(0, places.size - PLACES_MAX))) places.delete(oldest);
}

function returnTo({ scroll, anchor }: Place): void {
  returning = RETURN_FRAMES_MAX;
  let steady = 0;
  const step = () => {
    if (returning-- <= 0) return;
    const target = anchor === undefined ? null : document.querySelector(`[data-anchor="${CSS.escape(anchor.name)}"]`);
    const before = scrollY;
    if (target !== null && anchor !== undefined) scrollBy(0, target.getBoundingClientRect().top - anchor.topPx);
    else scrollTo(0, scroll);
    steady = Math.abs(scrollY - before) < 1 && (target !== null || scrollY === scroll) ? steady + 1 : 0;
    if (steady < STEADY_FRAMES) requestAnimationFrame(step);
  };
  requestAnimationFrame(() => requestAnimationFrame(step));
}

function entryOf(state: unknown): string {
  return (state as EntryState | null)?.entry ?? newEntry();
}

function newEntry(): string {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
}

/** Links within the application don't load the document anew; those that are opened elsewhere do. */
addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.origin !== location.origin || link.target !== '' || link.hash !== '') return;
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.pathname !== path.value) goTo(link.pathname);
  else scrollTo(0, 0);
});
