import test from 'ava';
import { given } from '../../shared/given-when-then.ts';
import type { AppId, TemplateId } from '../../shared/ids.ts';
import type { TemplateEvent } from './events.ts';
import { template, TEMPLATE_MAX_BYTES, TEMPLATE_VERSIONS_MAX, pinnedVersion } from './template.ts';

const [shop, bank] = ['shop', 'bank'] as AppId[] as [AppId, AppId];
const id = 'welcome' as TemplateId;
const published = (version: number): TemplateEvent => ({
  type: 'notifications.template-published.v1',
  data: { template: id, version, app: shop, title: 'Welcome', body: 'Hello {{ name }}' },
});
const publish = { type: 'publish', template: id, app: shop, appState: { status: 'active' }, title: 'Welcome', body: 'Hello {{ name }}' } as const;

test('each publication is the next version', (t) => {
  given(template).when(publish).then(t, published(1));
  given(template, published(1)).when(publish).then(t, published(2));
});

test('only the app that owns a template publishes it, and only while it is active', (t) => {
  given(template, published(1))
    .when({ ...publish, app: bank })
    .thenRefused(t, 'template-unknown');
  given(template)
    .when({ ...publish, appState: { status: 'disabled' } })
    .thenRefused(t, 'app-disabled');
});

test('refuses a template without a body, with a fault, or too large', (t) => {
  given(template)
    .when({ ...publish, body: ' ' })
    .thenRefused(t, 'template-invalid', { detail: 'the body is empty' });
  given(template)
    .when({ ...publish, fault: 'unclosed tag' })
    .thenRefused(t, 'template-invalid', { detail: 'unclosed tag' });
  given(template)
    .when({ ...publish, body: 'ü'.repeat(TEMPLATE_MAX_BYTES / 2) })
    .thenRefused(t, 'content-too-large', { length: TEMPLATE_MAX_BYTES + 'Welcome'.length, max: TEMPLATE_MAX_BYTES });
  given(template)
    .when({ ...publish, body: '\ud83d' })
    .thenRefused(t, 'text-malformed');
});

test('refuses a version beyond the last possible one', (t) => {
  given(template, published(TEMPLATE_VERSIONS_MAX)).when(publish).thenRefused(t, 'template-invalid');
});

test('pins the newest version where none is named, and only a version that exists', (t) => {
  const state = template.evolve(template.initialState, published(3));
  t.is(pinnedVersion(state, { app: shop, version: undefined }), 3);
  t.is(pinnedVersion(state, { app: shop, version: 1 }), 1);
  for (const version of [0, 4, 1.5]) t.is(pinnedVersion(state, { app: shop, version }), undefined);
  t.is(pinnedVersion(state, { app: bank, version: 1 }), undefined);
  t.is(pinnedVersion(template.initialState, { app: shop, version: undefined }), undefined);
});
