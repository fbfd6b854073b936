/** Events that no projection takes, as large as a message's. */
import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../../ports/event-log/port.ts';

const DATA = Buffer.from(JSON.stringify({ text: 'x'.repeat(400) }));
const METADATA = Buffer.from(JSON.stringify({ $correlationId: 'bench' }));

export const benchEvent = (): NewEvent => ({ id: randomUUID(), type: 'bench.appended.v1', data: DATA, metadata: METADATA });
