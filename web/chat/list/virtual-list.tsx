/**
 * A long list, of which the rows near the view are drawn. What is read stays where it is, whatever comes before it, is measured or changes
 * its height; while the end is in sight, the end is followed.
 */
import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import { AT_END, createListLayout, type Place, type Row } from './list-layout.ts';

export type ListControls = {
  /** Scrolls a row to a third of the view; `nearest`: as little as it takes to see all of it. */
  show(key: string, where: 'third' | 'nearest', options?: { readonly focus?: boolean }): void;
  toEnd(): void;
};

export type InSight = { readonly firstKey: string | undefined; readonly lastKey: string | undefined; readonly isAtEnd: boolean };

type VirtualListProps<Item extends Row> = {
  readonly items: readonly Item[];
  readonly draw: (item: Item) => ComponentChildren;
  readonly controls: RefObject<ListControls | null>;
  /** Whether the end of the rows is the end of what there is. */
  readonly isWhole: boolean;
  readonly label: string;
  readonly onNearStart: () => void;
  readonly onNearEnd: () => void;
  readonly onMove: (inSight: InSight) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
};

const MARGIN_PX = 800;
const NEAR_PX = 600;
const END_PX = 24;

export function VirtualList<Item extends Row>(props: VirtualListProps<Item>) {
  const { items, draw, controls, isWhole, label, onKeyDown } = props;
  const view = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const layout = useMemo(createListLayout, []);
  const place = useRef<Place>(AT_END);
  const focusNext = useRef<string | undefined>(undefined);
  const hadFocus = useRef(false);
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const latest = useRef(props);
  latest.current = props;

  const viewPx = view.current?.clientHeight ?? innerHeight;
  const drawn = layout.rangeAt(items, place.current, viewPx, MARGIN_PX);
  const drawnNow = useRef(drawn);
  drawnNow.current = drawn;

  const list = useMemo(() => listOf({ view, body, layout, place, drawnNow, latest, redraw: () => redraw(undefined as never) }), [layout]);
  useLayoutEffect(() => {
    list.settle();
    const wanted = focusNext.current === undefined ? undefined : list.rowOf(focusNext.current);
    if (wanted !== undefined) {
      focusNext.current = undefined;
      (wanted.querySelector<HTMLElement>('[data-row]') ?? wanted).focus({ preventScroll: true });
    }
    // A row that was scrolled away is drawn no longer: the keyboard stays in the list.
    else if (hadFocus.current && document.activeElement === document.body) view.current?.focus({ preventScroll: true });
  });
  useEffect(() => {
    const observer = new ResizeObserver(() => list.settle());
    if (body.current !== null) observer.observe(body.current);
    if (view.current !== null) observer.observe(view.current);
    return () => observer.disconnect();
  }, [list]);
  controls.current = {
    show: (key, where, { focus = false } = {}) => {
      if (focus) focusNext.current = key;
      list.show(key, where);
    },
    toEnd: () => {
      place.current = AT_END;
      redraw(undefined as never);
    },
  };
  return (
    // Focusable, so that it can be scrolled by keys. What comes is told elsewhere: rows that are drawn because of scrolling are no news.
    <div
      class="history"
      ref={view}
      role="log"
      aria-live="off"
      aria-label={label}
      tabIndex={0}
      onScroll={list.scrolled}
      onKeyDown={onKeyDown}
      onFocusIn={() => (hadFocus.current = true)}
      onFocusOut={({ relatedTarget }) => (hadFocus.current = relatedTarget === null)}
      data-whole={isWhole}
    >
      <div style={{ height: `${drawn.beforePx}px` }} />
      <div ref={body}>
        {items.slice(drawn.first, drawn.end).map((item) => (
          <div class="history-row" data-key={item.key} key={item.key}>
            {draw(item)}
          </div>
        ))}
      </div>
      <div style={{ height: `${drawn.afterPx}px` }} />
    </div>
  );
}

type ListParts = {
  readonly view: RefObject<HTMLDivElement | null>;
  readonly body: RefObject<HTMLDivElement | null>;
  readonly layout: ReturnType<typeof createListLayout>;
  readonly place: { current: Place };
  readonly drawnNow: { readonly current: ReturnType<ReturnType<typeof createListLayout>['rangeAt']> };
  readonly latest: { readonly current: Pick<VirtualListProps<never>, 'isWhole' | 'onNearStart' | 'onNearEnd' | 'onMove'> & { readonly items: readonly Row[] } };
  readonly redraw: () => void;
};

function listOf({ view, body, layout, place, drawnNow, latest, redraw }: ListParts) {
  const rows = (): readonly HTMLElement[] => Array.from(body.current?.children ?? []) as HTMLElement[];
  const keyOf = (row: HTMLElement | undefined): string | undefined => row?.dataset['key'];
  const rowOf = (key: string): HTMLElement | undefined => rows().find((row) => keyOf(row) === key);
  const items = (): readonly Row[] => latest.current.items;
  const isAtEnd = (element: HTMLElement): boolean => latest.current.isWhole && element.scrollHeight - element.scrollTop - element.clientHeight < END_PX;

  /** What stays where it is from now on. */
  const remember = (element: HTMLElement): void => {
    if (isAtEnd(element)) return void (place.current = AT_END);
    const { top } = element.getBoundingClientRect();
    const inView = rows()
      .map((row) => ({ key: keyOf(row) ?? '', box: row.getBoundingClientRect() }))
      .filter(({ box }) => box.bottom > top + 1 && box.top < top + element.clientHeight)
      .map(({ key, box }) => ({ key, offsetPx: box.top - top }));
    place.current = inView.length > 0 ? { kind: 'rows', rows: inView } : layout.placeAt(items(), element.scrollTop);
  };

  const restore = (element: HTMLElement): void => {
    if (place.current.kind === 'end') return void (element.scrollTop = element.scrollHeight);
    const { top } = element.getBoundingClientRect();
    for (const { key, offsetPx } of place.current.rows) {
      const row = rowOf(key);
      if (row === undefined) continue;
      const movedPx = row.getBoundingClientRect().top - top - offsetPx;
      if (Math.abs(movedPx) >= 1) element.scrollTop += movedPx;
      break;
    }
    if (isAtEnd(element)) place.current = AT_END;
  };

  const tell = (element: HTMLElement): void => {
    const { onNearStart, onNearEnd, onMove } = latest.current;
    const { first, end } = drawnNow.current;
    const { top, bottom } = element.getBoundingClientRect();
    const inSight = rows().filter((row) => row.getBoundingClientRect().bottom > top && row.getBoundingClientRect().top < bottom);
    onMove({ firstKey: keyOf(inSight[0]), lastKey: keyOf(inSight.at(-1)), isAtEnd: isAtEnd(element) });
    if (first === 0 && element.scrollTop < NEAR_PX) onNearStart();
    if (end === items().length && element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX) onNearEnd();
  };

  /** Whether something in the view, or half a margin around it, isn't drawn. */
  const lacks = (element: HTMLElement): boolean => {
    const { first, end } = layout.rangeAt(items(), place.current, element.clientHeight, MARGIN_PX / 2);
    return first < drawnNow.current.first || end > drawnNow.current.end;
  };

  return {
    rowOf,
    settle: (): void => {
      const element = view.current;
      if (element === null || element.clientHeight === 0) return; // something else is shown in its place
      for (const row of rows()) layout.measured(keyOf(row) ?? '', row.getBoundingClientRect().height);
      restore(element);
      if (lacks(element)) redraw();
      else tell(element);
    },
    scrolled: (): void => {
      const element = view.current;
      if (element === null || element.clientHeight === 0) return;
      remember(element);
      if (lacks(element)) redraw();
      else tell(element);
    },
    show: (key: string, where: 'third' | 'nearest'): void => {
      const element = view.current;
      if (element === null) return;
      const viewPx = element.clientHeight;
      const row = rowOf(key);
      const { top } = element.getBoundingClientRect();
      const box = row?.getBoundingClientRect();
      const isInSight = box !== undefined && box.top >= top && box.bottom <= top + viewPx;
      if (where === 'third' || box === undefined) place.current = { kind: 'rows', rows: [{ key, offsetPx: Math.round(viewPx / 3) }] };
      else if (!isInSight) place.current = { kind: 'rows', rows: [{ key, offsetPx: box.top < top ? 8 : Math.max(8, viewPx - box.height - 8) }] };
      redraw();
    },
  };
}
