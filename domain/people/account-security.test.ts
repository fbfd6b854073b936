import test from 'ava';
import { given } from '../shared/given-when-then.ts';
import type { FactorId } from '../shared/ids.ts';
import { accountSecurity, hasSecondFactor, SECOND_FACTORS_MAX } from './account-security.ts';
import type { AccountSecurityEvent } from './events.ts';

const user = { status: 'registered', login: 'ann' } as const;
const [phone, key] = ['phone', 'key'] as FactorId[] as [FactorId, FactorId];
const added = (factor: FactorId, kind: 'totp' | 'webauthn' = 'totp'): AccountSecurityEvent => ({
  type: 'people.second-factor-added.v1',
  data: { factor, kind },
});
const removed = (factor: FactorId): AccountSecurityEvent => ({ type: 'people.second-factor-removed.v1', data: { factor } });
const stateAfter = (...events: readonly AccountSecurityEvent[]) => events.reduce(accountSecurity.evolve, accountSecurity.initialState);

test('a second factor is asked for from the first one that is added until the last one is removed', (t) => {
  t.false(hasSecondFactor(stateAfter()));
  t.true(hasSecondFactor(stateAfter(added(phone), added(key), removed(phone))));
  t.false(hasSecondFactor(stateAfter(added(phone), added(key), removed(phone), removed(key))));
});

test('adding a factor twice adds it once', (t) => {
  given(accountSecurity).when({ type: 'add-factor', factor: key, kind: 'webauthn', user }).then(t, added(key, 'webauthn'));
  given(accountSecurity, added(key, 'webauthn')).when({ type: 'add-factor', factor: key, kind: 'webauthn', user }).then(t);
});

test(`there are at most ${SECOND_FACTORS_MAX} factors, and a removed one makes room`, (t) => {
  const full = Array.from({ length: SECOND_FACTORS_MAX }, (_, i) => added(`factor ${i}` as FactorId));
  const add = { type: 'add-factor', factor: key, kind: 'totp', user } as const;
  given(accountSecurity, ...full)
    .when(add)
    .thenRefused(t, 'second-factors-full', { max: SECOND_FACTORS_MAX });
  given(accountSecurity, ...full, removed('factor 3' as FactorId))
    .when(add)
    .then(t, added(key));
});

test('a factor that isn’t there can’t be removed, and all are removed that are there', (t) => {
  given(accountSecurity, added(phone)).when({ type: 'remove-factor', factor: key, user }).thenRefused(t, 'second-factor-unknown');
  given(accountSecurity, added(phone), added(key)).when({ type: 'remove-factor', factor: key, user }).then(t, removed(key));
  given(accountSecurity, added(phone), added(key)).when({ type: 'remove-all-factors', user }).then(t, removed(phone), removed(key));
  given(accountSecurity).when({ type: 'remove-all-factors', user }).then(t);
});

test('recovery codes stand in for a second factor, so that there are none without', (t) => {
  given(accountSecurity).when({ type: 'make-recovery-codes', user }).thenRefused(t, 'second-factor-unknown');
  given(accountSecurity, added(phone)).when({ type: 'make-recovery-codes', user }).then(t, { type: 'people.recovery-codes-made.v1', data: {} });
  given(accountSecurity, added(phone)).when({ type: 'use-recovery-code', user }).then(t, { type: 'people.recovery-code-used.v1', data: {} });
});

test('every change of the password is recorded, with how its maker proved to be the person', (t) => {
  for (const by of ['old-password', 'reset'] as const)
    given(accountSecurity).when({ type: 'change-password', by, user }).then(t, { type: 'people.password-changed.v1', data: { by } });
});

test('nothing protects an erased person any more', (t) => {
  const erased = { status: 'erased', login: 'ann' } as const;
  given(accountSecurity, added(phone)).when({ type: 'change-password', by: 'reset', user: erased }).thenRefused(t, 'person-erased');
  given(accountSecurity).when({ type: 'add-factor', factor: key, kind: 'totp', user: erased }).thenRefused(t, 'person-erased');
  given(accountSecurity)
    .when({ type: 'add-factor', factor: key, kind: 'totp', user: { status: 'none' } })
    .thenRefused(t, 'person-unknown');
});
