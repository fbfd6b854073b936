import test from 'ava';
import { isAnswerToNobody } from './errors.ts';

test('only what the client itself throws for an answer that nobody waits for is harmless', (t) => {
  const thrownAt = (error: Error, at: string) => Object.assign(error, { stack: `${String(error)}\n    at ClientDuplexStreamImpl.<anonymous> (${at}:25:37)` });
  const client = '/app/node_modules/@eventstore/db-client/dist/streams/appendToStream/batchAppend.js';
  t.true(isAnswerToNobody(thrownAt(new TypeError('undefined is not iterable'), client)));
  t.false(isAnswerToNobody(thrownAt(new TypeError('undefined is not iterable'), '/app/ports/event-log/eventstore.ts')));
  t.false(isAnswerToNobody(thrownAt(new Error('no'), client)));
  t.false(isAnswerToNobody(undefined));
});
