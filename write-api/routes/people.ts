/** Accounts: sign-up, one's profile, and deletion. */
import { z } from 'zod';
import { ALT_LENGTH_MAX_CHARACTERS } from '../../domain/media/attachments.ts';
import { ABOUT_LENGTH_MAX_CHARACTERS, NAME_LENGTH_MAX_CHARACTERS } from '../../domain/people/user.ts';
import { LANGUAGE_CHARACTERS_MAX } from '../../domain/shared/language.ts';
import { userStream } from '../../domain/shared/streams.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { mediaId, personId, text } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { refusalOfNewPassword } from '../accounts/new-password.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';
import { PICTURE_REFUSALS } from '../../edge/media-refusals.ts';
import { LINE_REFUSALS } from '../line-refusals.ts';
import { newLoginName, newPassword } from '../login-fields.ts';

const TIME_ZONE_CHARACTERS_MAX = 64;
const COUNTRY_CHARACTERS = 2;

const name = z.string().meta({ description: `The name that others see: one line of at most ${NAME_LENGTH_MAX_CHARACTERS} characters.`, examples: ['Ada'] });
const signUpBody = z.strictObject({ loginName: newLoginName, name, password: newPassword });

const profileBody = z
  .strictObject({
    name,
    about: z.string().meta({ description: `A text about yourself: at most ${ABOUT_LENGTH_MAX_CHARACTERS.toLocaleString('en')} characters.` }),
    picture: z
      .strictObject({
        media: mediaId.meta({ description: 'A picture of yours that you have uploaded.' }),
        alt: z
          .string()
          .optional()
          .meta({ description: `What is to be seen, in words: at most ${ALT_LENGTH_MAX_CHARACTERS.toLocaleString('en')} characters.` }),
      })
      .nullable()
      .meta({ description: 'The picture that others see beside your name. null: none.' }),
    timeZone: text(TIME_ZONE_CHARACTERS_MAX).meta({ description: 'An IANA time zone.', examples: ['Europe/London'] }),
    language: text(LANGUAGE_CHARACTERS_MAX).meta({ description: 'The language you are told in, as a BCP 47 tag. Nobody else sees it.', examples: ['en-GB'] }),
    findable: z
      .boolean()
      .meta({ description: 'Whether others find you by your name or login name, and can mention you. Friends can mention you in any case.' }),
    country: text(COUNTRY_CHARACTERS).meta({
      description: 'The country you live in (ISO 3166-1 alpha-2); it decides which vendors can reach you. Nobody else sees it.',
      examples: ['GB'],
    }),
  })
  .partial()
  .refine((changes) => Object.values(changes).some((change) => change !== undefined), 'must name something to change');

export function peopleRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, tokens, limits } = dependencies;
  const ofPerson = { callers: ['person'], tag: 'People', limits: [{ limit: limits.commands, by: 'caller' }] } as const;
  return [
    command(dependencies, {
      method: 'post',
      path: '/v1/people',
      audit: { event: 'credentials-changed' },
      operationId: 'signUp',
      summary: 'Sign up',
      description: 'Creates your account and claims your login name. To get a token, log in with `POST /v1/sessions`.',
      tag: 'People',
      example: {
        body: { loginName: 'ada', name: 'Ada', password: 'correct horse battery' },
        result: { id: EXAMPLE.ada },
        stream: userStream(EXAMPLE.ada),
      },
      callers: ['public'],
      limits: [{ limit: limits.signUps, by: 'address' }],
      body: signUpBody,
      refusals: ['login-taken', 'password-too-common', 'password-has-login-name', 'name-empty', 'name-too-long', ...LINE_REFUSALS, 'queue-full'],
      actor: ({ body }) => `login:${commands.loginOf(body.loginName)}`,
      // Without the password: the log must hold nothing derived from it.
      fingerprint: ({ body: { loginName: login, name } }) => ({ loginName: login, name }),
      resultFields: { id: personId },
      execute: async ({ body, address }, context) => {
        const refusal = refusalOfNewPassword({ password: body.password, login: commands.loginOf(body.loginName) }, commands.loginOf);
        return refusal === undefined ? commands.signUp(body, context, { lane: 'anybody', address }) : { outcome: 'refused', refusal };
      },
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'patch',
      path: '/v1/me',
      operationId: 'changeProfile',
      summary: 'Change my profile',
      description: 'Changes the fields that you send. The others stay as they are.',
      example: {
        body: { about: 'Engines, mostly analytical', timeZone: 'Europe/London', language: 'en-GB', country: 'GB' },
        stream: userStream(EXAMPLE.ada),
        revision: 1,
      },
      body: profileBody,
      refusals: [
        'person-unknown',
        'name-empty',
        'name-too-long',
        'about-too-long',
        ...PICTURE_REFUSALS,
        'time-zone-unknown',
        'language-unknown',
        'country-unknown',
        ...LINE_REFUSALS,
      ],
      execute: ({ caller: { person }, body: { name, about, picture, timeZone, language, country, findable } }, context) =>
        commands.changeProfile(
          {
            person,
            ...(name === undefined ? {} : { name }),
            ...(about === undefined ? {} : { about }),
            ...(picture === undefined ? {} : { picture: picture && { media: picture.media, ...(picture.alt !== undefined && { alt: picture.alt }) } }),
            ...(timeZone === undefined ? {} : { timeZone }),
            ...(language === undefined ? {} : { language }),
            ...(country === undefined ? {} : { country }),
            ...(findable === undefined ? {} : { findable }),
          },
          context,
        ),
    }),

    command(dependencies, {
      ...ofPerson,
      login: 'recent',
      method: 'delete',
      path: '/v1/me',
      audit: { event: 'credentials-changed' },
      operationId: 'erasePerson',
      summary: 'Delete my account',
      description:
        'Destroys the key of your personal data, so that nobody can read it any more, ends all your sessions, and frees your login name. Your posts, replies, likes and follows are taken back within minutes. You can’t undo this.',
      example: { stream: userStream(EXAMPLE.ada), revision: 2 },
      refusals: ['person-unknown'],
      execute: async ({ caller: { person, session } }, context) => {
        const handled = await commands.erasePerson({ person }, context);
        if (handled.outcome !== 'refused') tokens.forget(session);
        return handled;
      },
    }),

    command(dependencies, {
      callers: ['operator'],
      tag: 'People',
      limits: [{ limit: limits.appRequests, by: 'caller' }],
      method: 'delete',
      path: '/v1/people/:person',
      operationId: 'erasePersonOf',
      summary: 'Erase a person',
      description: 'Erases the account of somebody who asked for it and can’t log in, as `DELETE /v1/me` does. Nobody can undo this.',
      example: { stream: userStream(EXAMPLE.ada), revision: 2 },
      params: z.strictObject({ person: personId }),
      refusals: ['person-unknown'],
      execute: ({ params: { person } }, context) => commands.erasePerson({ person }, context),
    }),
  ];
}
