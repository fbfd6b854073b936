/** One timing wheel for everything that is due once in a while, in place of a timer for each (Varghese and Lauck, 1987). */
export type Timed = { wheelSlot: number };

/** An item that is in no slot. */
export const IN_NO_SLOT = -1;

export type TimingWheel<Item extends Timed> = {
  /** Due after so many ticks, at least one and at most a turn of the wheel; an item is in one slot at a time. */
  readonly add: (item: Item, ticks: number) => void;
  readonly remove: (item: Item) => void;
  /** Visits what is due now. */
  readonly tick: () => void;
};

/** `visit` answers after how many ticks the item is due again; undefined: never. */
export function createTimingWheel<Item extends Timed>(slotCount: number, visit: (item: Item) => number | undefined): TimingWheel<Item> {
  const slots = Array.from({ length: slotCount }, () => new Set<Item>());
  let now = 0;

  const remove = (item: Item) => {
    slots[item.wheelSlot]?.delete(item);
    item.wheelSlot = IN_NO_SLOT;
  };
  const add = (item: Item, ticks: number) => {
    remove(item);
    item.wheelSlot = (now + Math.min(Math.max(1, Math.ceil(ticks)), slotCount - 1)) % slotCount;
    slots[item.wheelSlot]?.add(item);
  };

  return {
    add,
    remove,
    tick: () => {
      now = (now + 1) % slotCount;
      for (const item of slots[now] ?? []) {
        remove(item);
        const again = visit(item);
        if (again !== undefined) add(item, again);
      }
    },
  };
}
