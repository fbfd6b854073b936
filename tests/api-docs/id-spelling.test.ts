/** Everything that takes a UUID takes it in either case for the same (RFC 9562, 4): every parameter, every field of a body, every frame. */
import test from 'ava';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { CLIENT_FRAME_DOCUMENTATION } from '../../gateway/protocol/frame-documentation.ts';
import { parseFrame } from '../../gateway/protocol/frames.ts';
import { ROUTES } from './documents.ts';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const upperCase = (text: string) => text.replaceAll(UUID, (uuid) => uuid.toUpperCase());
const hasUuid = (text: string) => upperCase(text) !== text;
/** The pattern of a field that is made of UUIDs. */
const isUuidPattern = (pattern: string | undefined): boolean => pattern?.includes('{8}-') === true;

for (const name of ['write-api', 'read-api'] as const) {
  test(`${name}: a UUID in a path, a query or a body is the same in either case`, (t) => {
    let fields = 0;
    for (const { operationId, params, query, body, example } of ROUTES[name]) {
      for (const part of [params, query]) {
        const { properties = {} } =
          part === undefined
            ? {}
            : (z.toJSONSchema(part, { io: 'input' }) as { readonly properties?: Readonly<Record<string, { readonly pattern?: string }>> });
        for (const [field, { pattern }] of Object.entries(properties)) {
          if (!isUuidPattern(pattern)) continue;
          fields++;
          const id = pattern?.includes(':') === true ? [randomUUID(), randomUUID()].toSorted().join(':') : randomUUID();
          const schema = part?.shape[field] as z.ZodType;
          t.deepEqual([schema.parse(upperCase(id)), schema.parse(id)], [id, id], `${operationId}: ${field}`);
        }
      }
      const sent = JSON.stringify(example?.body ?? null);
      if (body === undefined || !hasUuid(sent)) continue;
      fields++;
      t.deepEqual(body.parse(JSON.parse(upperCase(sent))), body.parse(JSON.parse(sent)), operationId);
    }
    t.true(fields > 10);
  });
}

test('a UUID in a frame is the same in either case, and the id of the frame is kept as it was sent', (t) => {
  for (const { examples } of Object.values(CLIENT_FRAME_DOCUMENTATION)) {
    for (const { frame, summary } of examples as readonly { readonly summary: string; readonly frame: { readonly id?: string } }[]) {
      const sent = JSON.stringify(frame);
      const [lower, upper] = [parseFrame(sent), parseFrame(upperCase(sent))];
      if (lower.outcome !== 'frame' || upper.outcome !== 'frame') return t.fail(summary);
      t.deepEqual(upper.frame, { ...lower.frame, ...(frame.id === undefined ? {} : { id: frame.id.toUpperCase() }) } as typeof upper.frame, summary);
    }
  }
});
