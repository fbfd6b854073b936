import test from 'ava';
import fc from 'fast-check';
import { positionTokens } from '../../../edge/position-tokens.ts';
import { merge, positionAt, sortable } from '../../../ports/event-log/position.ts';
import type { LogEpoch, Position } from '../../../ports/event-log/port.ts';
import { cursorToken, entryKey, parseCursor, type SyncCursor } from './sync-cursor.ts';

const single = fc.tuple(fc.nat(5), fc.bigInt({ min: 0n, max: 2n ** 60n })).map(([log, offset]) => positionAt(log, offset));
const positions = fc.array(single, { minLength: 1, maxLength: 4 }).map((all) => all.reduce((one, other) => merge(one, other) as Position));
const entries = fc.tuple(single, fc.constantFrom('channel', 'person'), fc.uuid()).map(([position, kind, id]) => entryKey(sortable(position), kind, id));
const cursors: fc.Arbitrary<SyncCursor> = fc.oneof(
  fc.record({ since: positions }),
  fc.record({ since: fc.option(positions, { nil: undefined }), page: fc.record({ upTo: positions, before: fc.oneof(single.map(sortable), entries) }) }),
);
const epochs = fc.integer({ min: 1, max: 2 ** 31 }) as unknown as fc.Arbitrary<LogEpoch>;

test('a cursor is what it was made of, in whichever epoch, between pages too', (t) => {
  fc.assert(
    fc.property(cursors, epochs, (cursor, epoch) => {
      const tokens = positionTokens(epoch);
      t.deepEqual(parseCursor(cursorToken(cursor, tokens), tokens), { outcome: 'understood', cursor });
      t.like(parseCursor(cursorToken(cursor, tokens), positionTokens((epoch + 1) as LogEpoch)), { refusal: { code: 'position-of-another-log' } });
    }),
  );
});

test('whatever a client sends is understood, or refused as what it is', (t) => {
  const tokens = positionTokens(7 as LogEpoch);
  t.deepEqual(parseCursor(undefined, tokens), { outcome: 'understood', cursor: { since: undefined } });
  const words = fc.array(fc.constantFrom('7-', '6-', '0.1', '1.2', '_', '~', '.', '-', '/', 'x', ''), { maxLength: 8 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(words, fc.string()), (token) => {
      const parsed = parseCursor(token, tokens);
      if (parsed.outcome === 'refused') t.true(['position-invalid', 'position-of-another-log'].includes(parsed.refusal.code));
      else t.is(cursorToken(parsed.cursor, tokens), token);
    }),
  );
});
