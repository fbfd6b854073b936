/** One thing in a person's notification centre: what its person has marked it as. What they marked all at once as is in `centre.ts`. */
import type { ItemMark } from './events.ts';

/** Absent fields: nothing was said of this one alone. */
export type ItemState = {
  readonly read?: 'read' | 'unread';
  /** Of `unread`: see the event. */
  readonly readBefore?: number;
  readonly archived?: boolean;
};

export type ItemMarking = { readonly mark: ItemMark; readonly readBefore?: number };

export const itemOf = ({ mark, readBefore }: ItemMarking, before: ItemState = {}): ItemState => {
  const { readBefore: _, ...rest } = before;
  switch (mark) {
    case 'read':
      return { ...rest, read: 'read' };
    case 'unread':
      return { ...rest, read: 'unread', readBefore: readBefore ?? 0 };
    case 'archived':
      return { ...before, archived: true };
    case 'unarchived':
      return { ...before, archived: false };
  }
};

/** Whether the item is so already. */
export function isMarked({ mark, readBefore = 0 }: ItemMarking, item: ItemState = {}): boolean {
  switch (mark) {
    case 'read':
      return item.read === 'read';
    case 'unread':
      // Where nothing was ever marked as read, it is unread as it came.
      return item.read === 'unread' ? item.readBefore === readBefore : item.read === undefined && readBefore === 0;
    case 'archived':
      return item.archived === true;
    case 'unarchived':
      return item.archived !== true;
  }
}
