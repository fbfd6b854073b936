import test from 'ava';
import { given } from '../../shared/given-when-then.ts';
import type { AppId } from '../../shared/ids.ts';
import { app, APP_NAME_LENGTH_MAX_CHARACTERS } from './app.ts';
import type { AppEvent } from './events.ts';

const shop = 'shop' as AppId;
const registered: AppEvent = { type: 'notifications.app-registered.v1', data: { app: shop, name: 'Shop' } };
const rotated: AppEvent = { type: 'notifications.secret-rotated.v1', data: { app: shop } };
const disabled: AppEvent = { type: 'notifications.app-disabled.v1', data: { app: shop } };
const register = { type: 'register', app: shop, name: 'Shop' } as const;

test('an app registers, once', (t) => {
  given(app).when(register).then(t, registered);
  given(app, registered).when(register).then(t);
});

test('an app needs a name that is short enough', (t) => {
  given(app)
    .when({ ...register, name: '' })
    .thenRefused(t, 'name-empty');
  given(app)
    .when({ ...register, name: 'a'.repeat(APP_NAME_LENGTH_MAX_CHARACTERS + 1) })
    .thenRefused(t, 'name-too-long');
});

test('a secret is rotated as often as requested', (t) => {
  given(app, registered).when({ type: 'rotate-secret', app: shop }).then(t, rotated);
  given(app, registered, rotated).when({ type: 'rotate-secret', app: shop }).then(t, rotated);
});

test('an app is disabled once, and refuses every command after that', (t) => {
  given(app, registered).when({ type: 'disable', app: shop }).then(t, disabled);
  given(app, registered, disabled).when({ type: 'disable', app: shop }).then(t);
  given(app, registered, disabled).when({ type: 'rotate-secret', app: shop }).thenRefused(t, 'app-disabled');
  given(app, registered, disabled).when(register).thenRefused(t, 'app-disabled');
});

test('an unknown app can neither rotate its secret nor be disabled', (t) => {
  given(app).when({ type: 'rotate-secret', app: shop }).thenRefused(t, 'app-unknown');
  given(app).when({ type: 'disable', app: shop }).thenRefused(t, 'app-unknown');
});
