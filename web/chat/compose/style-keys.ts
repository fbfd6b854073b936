/** Ctrl+B and the like put the markup around what is selected, in a way that Ctrl+Z takes back. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

const MARKERS: Readonly<Record<string, string>> = { b: '**', i: '_', u: '++', e: '`' };

/** Answers whether the key was one of them. */
export function useStyleKeys(field: RefObject<HTMLTextAreaElement | null>, onChange: (typed: string) => void): (event: KeyboardEvent) => boolean {
  const selectNext = useRef<readonly [number, number] | undefined>(undefined);
  useLayoutEffect(() => {
    if (selectNext.current === undefined) return;
    field.current?.setSelectionRange(...selectNext.current);
    selectNext.current = undefined;
  });
  return (event) => {
    const marker = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey ? MARKERS[event.key.toLowerCase()] : undefined;
    const { current } = field;
    if (marker === undefined || current === null) return false;
    event.preventDefault();
    const { selectionStart: from, selectionEnd: to, value } = current;
    selectNext.current = [from + marker.length, to + marker.length];
    onChange(value.slice(0, from) + marker + value.slice(from, to) + marker + value.slice(to));
    return true;
  };
}
