import test from 'ava';
import { given } from '../shared/given-when-then.ts';
import type { PersonId } from '../shared/ids.ts';
import { instant, plus } from '../shared/instant.ts';
import type { LoginEvent } from './events.ts';
import { CLAIM_ABANDONED_MS, CLAIM_RENEWED_AFTER_MS, login } from './login.ts';

const at = instant(0);
const [ann, bob] = ['ann', 'bob'] as PersonId[] as [PersonId, PersonId];
const claimed: LoginEvent = { type: 'people.login-claimed.v1', data: { person: ann, at } };
const freed: LoginEvent = { type: 'people.login-freed.v1', data: { person: ann } };

test('the first person to claim a name gets it', (t) => {
  given(login).when({ type: 'claim', person: ann, at }).then(t, claimed);
});

test('a name that is claimed can’t be claimed by another person', (t) => {
  given(login, claimed).when({ type: 'claim', person: bob, at }).thenRefused(t, 'login-taken');
});

test('claiming it again at once changes nothing, and later renews the claim', (t) => {
  given(login, claimed).when({ type: 'claim', person: ann, at }).then(t);
  const later = plus(at, CLAIM_RENEWED_AFTER_MS);
  given(login, claimed)
    .when({ type: 'claim', person: ann, at: later })
    .then(t, { type: 'people.login-claimed.v1', data: { person: ann, at: later } });
});

test('a renewed claim is not abandoned yet', (t) => {
  const free = { type: 'free-abandoned', person: ann, at: plus(at, CLAIM_ABANDONED_MS) } as const;
  given(login, claimed).when(free).then(t, freed);
  given(login, claimed, { type: 'people.login-claimed.v1', data: { person: ann, at: plus(at, CLAIM_RENEWED_AFTER_MS) } })
    .when(free)
    .then(t);
  given(login, claimed)
    .when({ ...free, person: bob })
    .then(t);
});

test('a freed name can be claimed by anybody', (t) => {
  given(login, claimed).when({ type: 'free', person: ann }).then(t, freed);
  given(login, claimed, freed)
    .when({ type: 'claim', person: bob, at })
    .then(t, { type: 'people.login-claimed.v1', data: { person: bob, at } });
});

test('freeing changes nothing where another person has claimed the name, or nobody', (t) => {
  given(login, claimed).when({ type: 'free', person: bob }).then(t);
  given(login).when({ type: 'free', person: bob }).then(t);
});
