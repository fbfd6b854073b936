/** Reports of what people see, and appeals against what was decided about what is theirs. */
import { z } from 'zod';
import type { Subject } from '../../../domain/moderation/subject.ts';
import { caseOf } from '../../../domain/moderation/subject.ts';
import { MODERATION_TEXT_CHARACTERS_MAX, VIOLATIONS } from '../../../domain/moderation/violations.ts';
import { caseStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { channelId, personId, postId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';

const place = z.number().int().min(0);
const subject = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('post'), post: postId }),
    z.strictObject({ kind: z.literal('message'), channel: channelId, message: place.meta({ description: 'The `seq` at which it was posted.' }) }),
    z.strictObject({ kind: z.literal('person'), person: personId }),
    z.strictObject({ kind: z.literal('media'), post: postId, media: place.meta({ description: 'Its place among the pictures of the post, from 0.' }) }),
  ])
  .meta({ description: 'What you report: a post, a message of a channel of yours, a person, or a picture of a post.' });
const text = z.string().meta({
  description: `At most ${MODERATION_TEXT_CHARACTERS_MAX.toLocaleString('en')} characters. Only moderators read it.`,
  examples: ['It is the same under every post.'],
});
const id = z.string().meta({ description: 'The case that moderators look at.', examples: [`post:${EXAMPLE.post}`] });
const example = { kind: 'post', post: EXAMPLE.post } as const satisfies Subject;

export function reportRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofPerson = { callers: ['person'], tag: 'Moderation', limits: [{ limit: limits.commands, by: 'caller' }] } as const;
  const stream = caseStream(caseOf(example));
  return [
    command(dependencies, {
      ...ofPerson,
      method: 'post',
      path: '/v1/reports',
      operationId: 'report',
      summary: 'Report something',
      description: 'Tells moderators of something that you can see. Each thing can be reported once; nobody else learns that you did.',
      example: { body: { subject: example, violation: 'spam' }, result: { id: `post:${EXAMPLE.post}` }, stream },
      body: z.strictObject({ subject, violation: z.enum(VIOLATIONS).meta({ description: 'What is wrong with it.' }), text: text.optional() }),
      refusals: [
        'post-unknown',
        'media-not-in-post',
        'channel-unknown',
        'message-unknown',
        'person-unknown',
        'self-not-allowed',
        'moderation-text-too-long',
        'text-malformed',
      ],
      resultFields: { id },
      execute: ({ caller: { person }, body }, context) =>
        commands.report({ person, subject: body.subject, violation: body.violation, ...(body.text !== undefined && { text: body.text }) }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'post',
      path: '/v1/me/appeals',
      operationId: 'appeal',
      summary: 'Appeal against a decision',
      description: 'Asks moderators to look again: at a post of yours that they have hidden, or, without one, at the suspension of your account. Once each.',
      example: { body: { post: EXAMPLE.post, text: 'It was a quotation.' }, result: { id: `post:${EXAMPLE.post}` }, stream, revision: 2 },
      body: z.strictObject({ post: postId.optional().meta({ description: 'Absent: it is about your account.' }), text }),
      refusals: ['nothing-to-appeal', 'appealed-already', 'appeal-empty', 'moderation-text-too-long', 'text-malformed'],
      resultFields: { id },
      execute: ({ caller: { person }, body: { post, text } }, context) =>
        commands.appeal({ person, subject: post === undefined ? { kind: 'person', person } : { kind: 'post', post }, text }, context),
    }),
  ];
}
