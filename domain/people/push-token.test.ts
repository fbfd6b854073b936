import test from 'ava';
import { given } from '../shared/given-when-then.ts';
import type { DeviceId, EndpointId, PersonId } from '../shared/ids.ts';
import { instant, plus, type Instant } from '../shared/instant.ts';
import type { PushTokenEvent, PushTokenOwner } from './events.ts';
import { mayUseToken, pushToken } from './push-token.ts';

const at = instant(0);
const ann: PushTokenOwner = { person: 'ann' as PersonId, device: 'phone' as DeviceId, endpoint: 'of ann' as EndpointId };
const bob: PushTokenOwner = { person: 'bob' as PersonId, device: 'phone' as DeviceId, endpoint: 'of bob' as EndpointId };
const claimed = (owner: PushTokenOwner, from?: PushTokenOwner, when: Instant = at): PushTokenEvent => ({
  type: 'people.push-token-claimed.v1',
  data: { ...owner, ...(from !== undefined && { from }), at: when },
});
const stateAfter = (...events: readonly PushTokenEvent[]) => events.reduce(pushToken.evolve, pushToken.initialState);

test('the last person to claim a token has it, and the claim says who had it before', (t) => {
  given(pushToken)
    .when({ type: 'claim', ...ann, at })
    .then(t, claimed(ann));
  given(pushToken, claimed(ann))
    .when({ type: 'claim', ...bob, at: plus(at, 5) })
    .then(t, claimed(bob, ann, plus(at, 5)));
  const state = stateAfter(claimed(ann), claimed(bob, ann));
  t.deepEqual([mayUseToken(state, ann), mayUseToken(state, bob)], [false, true]);
});

test('a claim is later than the one before, whatever the clock of its machine says', (t) => {
  given(pushToken, claimed(ann))
    .when({ type: 'claim', ...bob, at: plus(at, -5) })
    .then(t, claimed(bob, ann, plus(at, 1)));
});

test('claiming again what one has changes nothing', (t) => {
  given(pushToken, claimed(ann))
    .when({ type: 'claim', ...ann, at: plus(at, 5) })
    .then(t);
});

test('of one person’s devices with the same token, as reinstalling an app leaves behind, the last to claim it has it', (t) => {
  const again = { ...ann, device: 'phone again' as DeviceId };
  const state = stateAfter(claimed(ann), claimed(again, ann));
  t.deepEqual([mayUseToken(state, ann), mayUseToken(state, again)], [false, true]);
});

test('a token that nobody has claimed, registered before claims were recorded, may be used', (t) => {
  t.true(mayUseToken(stateAfter(), ann));
});
