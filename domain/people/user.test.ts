import test from 'ava';
import type { AttachmentTarget } from '../media/attachments.ts';
import { erased } from '../shared/event.ts';
import { given } from '../shared/given-when-then.ts';
import type { MediaId, PersonId } from '../shared/ids.ts';
import { instant } from '../shared/instant.ts';
import type { UserEvent } from './events.ts';
import type { LoginState } from './login.ts';
import { ABOUT_LENGTH_MAX_CHARACTERS, NAME_LENGTH_MAX_CHARACTERS, user } from './user.ts';

const ann = 'ann' as PersonId;
const login = 'hmac-of-ann';
const claim: LoginState = { status: 'claimed', person: ann, at: instant(0) };
const register = { type: 'register', person: ann, name: 'Ann', login, claim } as const;
const registered: UserEvent = { type: 'people.registered.v1', data: { name: 'Ann', login } };
const personErased: UserEvent = { type: 'people.person-erased.v1', data: { login } };

test('a person registers under a name claimed for them', (t) => {
  given(user).when(register).then(t, registered);
});

test('a person can’t register under a name that is not, or no longer, claimed for them', (t) => {
  given(user)
    .when({ ...register, claim: { status: 'free' } })
    .thenRefused(t, 'login-taken');
  given(user)
    .when({ ...register, claim: { ...claim, person: 'bob' as PersonId } })
    .thenRefused(t, 'login-taken');
});

test('registering again changes nothing', (t) => {
  given(user, registered).when(register).then(t);
});

test('a name needs a visible character, and not too many', (t) => {
  given(user)
    .when({ ...register, name: '  ' })
    .thenRefused(t, 'name-empty');
  given(user)
    .when({ ...register, name: 'a'.repeat(NAME_LENGTH_MAX_CHARACTERS + 1) })
    .thenRefused(t, 'name-too-long', { length: NAME_LENGTH_MAX_CHARACTERS + 1, max: NAME_LENGTH_MAX_CHARACTERS });
});

test('a person changes parts of their profile, and only those', (t) => {
  given(user, registered)
    .when({ type: 'change-profile', about: 'Sings.', timeZone: 'Europe/Berlin' })
    .then(t, { type: 'people.profile-changed.v1', data: { about: 'Sings.', timeZone: 'Europe/Berlin' } });
});

test('a person says in which language and country they live, in any spelling', (t) => {
  const said: UserEvent = { type: 'people.profile-changed.v1', data: { language: 'pt-BR', country: 'BR' } };
  given(user, registered).when({ type: 'change-profile', language: 'PT-br', country: 'br' }).then(t, said);
  t.deepEqual(user.evolve(user.evolve(user.initialState, registered), said), { status: 'registered', login, language: 'pt-BR', country: 'BR' });
});

test('a market that can’t be read any more is none', (t) => {
  const state = user.evolve({ status: 'registered', login, country: 'BR' }, { type: 'people.profile-changed.v1', data: { language: erased } });
  t.deepEqual(state, { status: 'registered', login, country: 'BR' });
});

test('a profile refuses what is no language and no country', (t) => {
  for (const language of ['', 'english please', 'und', 'd', 'de-' + 'x'.repeat(40)])
    given(user, registered).when({ type: 'change-profile', language }).thenRefused(t, 'language-unknown', { language });
  for (const country of ['', 'ZZ', 'D', 'DEU', 'EU', 'ß'])
    given(user, registered).when({ type: 'change-profile', country }).thenRefused(t, 'country-unknown', { country });
});

test('a profile shows a picture of the person’s own that is ready, and no video', (t) => {
  const person = 'ann' as PersonId;
  const facts = { kind: 'image', variants: [] } as const;
  const ready = { media: 'm' as MediaId, state: { status: 'ready', owner: person, objects: [] }, facts } as const;
  const choose = (target: AttachmentTarget) => given(user, registered).when({ type: 'change-profile', picture: { person, target } });
  choose({ ...ready, alt: 'Ann at sea.' }).then(t, {
    type: 'people.profile-changed.v1',
    data: { picture: { media: ready.media, alt: 'Ann at sea.', ...facts } },
  });
  choose({ ...ready, facts: { ...facts, kind: 'video' } }).thenRefused(t, 'picture-is-video');
  choose({ ...ready, state: { ...ready.state, owner: 'bob' as PersonId } }).thenRefused(t, 'media-unknown');
  choose({ media: ready.media, state: { status: 'uploaded', owner: person } }).thenRefused(t, 'media-not-ready');
  given(user, registered)
    .when({ type: 'change-profile', picture: null })
    .then(t, { type: 'people.profile-changed.v1', data: { picture: null } });
});

test('a person clears their about text', (t) => {
  given(user, registered)
    .when({ type: 'change-profile', about: '' })
    .then(t, { type: 'people.profile-changed.v1', data: { about: '' } });
});

test('a change of nothing appends nothing', (t) => {
  given(user, registered).when({ type: 'change-profile' }).then(t);
});

test('a profile refuses a faulty text and an unknown time zone', (t) => {
  given(user, registered).when({ type: 'change-profile', name: '' }).thenRefused(t, 'name-empty');
  given(user, registered)
    .when({ type: 'change-profile', about: 'a'.repeat(ABOUT_LENGTH_MAX_CHARACTERS + 1) })
    .thenRefused(t, 'about-too-long');
  given(user, registered).when({ type: 'change-profile', timeZone: 'Europe/Atlantis' }).thenRefused(t, 'time-zone-unknown', { zone: 'Europe/Atlantis' });
});

test('a person who does not exist has no profile and can’t be erased', (t) => {
  given(user).when({ type: 'change-profile', name: 'Ann' }).thenRefused(t, 'person-unknown');
  given(user).when({ type: 'erase' }).thenRefused(t, 'person-unknown');
});

test('a person is erased once, and for good', (t) => {
  given(user, registered).when({ type: 'erase' }).then(t, personErased);
  given(user, registered, personErased).when({ type: 'erase' }).then(t);
  given(user, registered, personErased).when({ type: 'change-profile', name: 'Ann' }).thenRefused(t, 'person-erased');
  given(user, registered, personErased).when(register).thenRefused(t, 'person-erased');
});

test('a person whose name can’t be read any more still exists', (t) => {
  const unreadable: UserEvent = { type: 'people.registered.v1', data: { name: erased, login } };
  given(user, unreadable).when({ type: 'erase' }).then(t, personErased);
});
