/** One timing wheel for everything that is due once in a while, in place of a timer for each (Varghese and Lauck, 1987). */
export type Timed = { wheelSlot: number };

/** An item that is in no slot. */
export const IN_NO_SLOT = -1;

export type TimingWheel<Item extends Timed> = {
  readonly slots: readonly Set<Item>[];
  /** Advances by one a tick. */
  currentSlot: number;
};

/** Holds delays of up to `delayMaxTicks`. Throws `RangeError` for a wheel that could hold none. */
export function createTimingWheel<Item extends Timed>({ delayMaxTicks }: { readonly delayMaxTicks: number }): TimingWheel<Item> {
  if (!(Number.isFinite(delayMaxTicks) && delayMaxTicks >= 1)) throw new RangeError(`A timing wheel can't hold a delay of ${delayMaxTicks} ticks.`);
  return { slots: Array.from({ length: Math.ceil(delayMaxTicks) + 1 }, () => new Set<Item>()), currentSlot: 0 };
}

/**
 * Due after so many ticks, rounded up and at least one; an item is in one slot at a time. Throws `RangeError` for more ticks than
 * the wheel holds: it would come round too early.
 */
export function schedule<Item extends Timed>(wheel: TimingWheel<Item>, item: Item, ticks: number): void {
  const { slots, currentSlot } = wheel;
  const delay = Math.max(1, Math.ceil(ticks));
  if (!(delay < slots.length)) throw new RangeError(`A delay of ${ticks} ticks doesn't fit a timing wheel of ${slots.length - 1}.`);
  unschedule(wheel, item);
  item.wheelSlot = (currentSlot + delay) % slots.length;
  slots[item.wheelSlot]?.add(item);
}

export function unschedule<Item extends Timed>({ slots }: TimingWheel<Item>, item: Item): void {
  slots[item.wheelSlot]?.delete(item);
  item.wheelSlot = IN_NO_SLOT;
}

/** Visits every item that is due now. `visit` answers after how many ticks the item is due again; undefined: never. */
export function tickWheel<Item extends Timed>(wheel: TimingWheel<Item>, visit: (item: Item) => number | undefined): void {
  wheel.currentSlot = (wheel.currentSlot + 1) % wheel.slots.length;
  for (const item of wheel.slots[wheel.currentSlot] ?? []) {
    unschedule(wheel, item);
    const againAfterTicks = visit(item);
    if (againAfterTicks !== undefined) schedule(wheel, item, againAfterTicks);
  }
}
