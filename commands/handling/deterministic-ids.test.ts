import test from 'ava';
import fc from 'fast-check';
import { isPostId, postStreamOf, postTimeOf } from '../../domain/feed/post-id.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';
import { commandIdOf, directChannelOf, eventIdOf, postIdOf, requestHashOf, uuidV7Time } from './deterministic-ids.ts';

const secret = Buffer.from('a secret of this installation');

test('a command’s id follows from its actor, type and key', (t) => {
  t.is(commandIdOf('ann', 'publish-post', 'k'), commandIdOf('ann', 'publish-post', 'k'));
  t.not(commandIdOf('ann', 'publish-post', 'k'), commandIdOf('bob', 'publish-post', 'k'));
  t.not(commandIdOf('ann', 'publish-post', 'k'), commandIdOf('ann', 'edit-post', 'k'));
  t.not(commandIdOf('ann', 'publish-post', 'k'), commandIdOf('ann', 'publish-post', 'l'));
});

test('the events of one command have ids of their own, in every stream it writes', (t) => {
  const of = { command: commandIdOf('ann', 'sign-up', 'k'), request: 'ann' };
  t.is(new Set([eventIdOf(of, 'login-1', 0), eventIdOf(of, 'user-1', 0), eventIdOf(of, 'user-1', 1)]).size, 3);
  t.not(eventIdOf(of, 'user-1', 0), eventIdOf({ ...of, request: 'bob' }, 'user-1', 0));
});

test('a direct channel is the same for both of its people', (t) => {
  t.is(directChannelOf('ann' as PersonId, 'bob' as PersonId), directChannelOf('bob' as PersonId, 'ann' as PersonId));
});

test('post ids sort by time, tell it, and lead to one stream for one command', (t) => {
  fc.assert(
    fc.property(fc.uuid(), fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 1e9 }), (command, at, later) => {
      const first: PostId = postIdOf(command, instant(at));
      const second = postIdOf(command, instant(at + later));
      t.true(isPostId(first));
      t.true(first < second);
      t.is(postTimeOf(first), instant(at));
      t.is(postStreamOf(first), postStreamOf(second));
    }),
  );
});

test('a UUIDv7 tells when it was made, other keys don’t', (t) => {
  t.is(uuidV7Time('017f22e2-79b0-7cc3-98c4-dc0c0c07398f'), instant(0x017f22e279b0)); // the example of RFC 9562
  t.is(uuidV7Time('order-4711'), undefined);
  t.is(uuidV7Time('6f0b9c9e-3f5a-5d0c-9c6e-0d1f6a2b7c11'), undefined);
});

test('a request has the same hash whatever the order of its fields, and another request another hash', (t) => {
  t.is(requestHashOf(secret, { a: 1, b: [{ c: 2, d: undefined }] }), requestHashOf(secret, { b: [{ c: 2 }], a: 1 }));
  t.not(requestHashOf(secret, { a: 1 }), requestHashOf(secret, { a: 2 }));
  t.not(requestHashOf(secret, { a: 1 }), requestHashOf(Buffer.from('another'), { a: 1 }));
});
