/**
 * A row of a long list. Far from what is in sight it is nothing but its height, which it was measured to have: ten thousand rows cost what
 * some dozens do, and nothing moves. Heights are remembered, for who comes back.
 */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

const MARGIN = '2000px 0px';
const HEIGHTS_MAX = 20_000;
const heights = new Map<string, number>();
const callbacks = new WeakMap<Element, (isNear: boolean) => void>();
const observer = new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => callbacks.get(target)?.(isIntersecting)), {
  rootMargin: MARGIN,
});

// Lines break elsewhere in another width.
let widthPx = innerWidth;
addEventListener('resize', () => {
  if (innerWidth !== widthPx) heights.clear();
  widthPx = innerWidth;
});

export function Near({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  const row = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(!heights.has(name));
  useEffect(() => {
    const element = row.current;
    if (element === null) return;
    const follow = (next: boolean) => {
      if (!next) {
        // What has the focus, or is being written in, stays.
        if (element.contains(document.activeElement) || element.querySelector('form') !== null || element.childElementCount === 0) return;
        remember(name, element.getBoundingClientRect().height);
      }
      setNear(next);
    };
    callbacks.set(element, follow);
    observer.observe(element);
    return () => {
      if (element.childElementCount > 0) remember(name, element.getBoundingClientRect().height);
      observer.unobserve(element);
    };
  }, [name]);
  return (
    <div ref={row} data-anchor={name} class="row" style={isNear ? { height: '' } : { height: `${heights.get(name) ?? 0}px` }}>
      {isNear && children}
    </div>
  );
}

function remember(name: string, height: number): void {
  if (height === 0) return;
  if (heights.size > HEIGHTS_MAX) heights.clear();
  heights.set(name, height);
}
