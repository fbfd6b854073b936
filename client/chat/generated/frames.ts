// Made of the server’s own document by `npm run client:types`; edit that, and not this.
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    /** @description Delivery receipt: this device has everything up to `seq`, and shows it when the person looks. Those who wrote it are told; the person is pushed as if nothing had been said. At most one in two seconds for a channel is of use. */
    'client-delivered': {
      /**
       * Format: uuid
       * @description A channel.
       */
      channel: string;
      /** @description A place in the channel: gapless, from 0, over all its events. */
      seq: number;
      /** @constant */
      type: 'delivered';
    };
    /** @description Edit your message. Answered as `send` is. */
    'client-edit': {
      /**
       * Format: uuid
       * @description A channel.
       */
      channel: string;
      /** @description What parts of the text are: at most 100. The text itself has no markup. */
      entities?: (
        | {
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /** @enum {string} */
            kind: 'bold' | 'italic' | 'underline' | 'strikethrough' | 'spoiler' | 'code' | 'quote';
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
          }
        | {
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /** @constant */
            kind: 'pre';
            /**
             * @description Of a program.
             * @example typescript
             */
            language?: string;
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
          }
        | {
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /** @constant */
            kind: 'link';
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
            /** @example https://example.com/choir */
            url: string;
          }
        | {
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /** @constant */
            kind: 'mention';
            /**
             * Format: uuid
             * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
             */
            person: string;
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
          }
      )[];
      /**
       * Format: uuid
       * @description Made by the client when the user acts; the same when the frame is sent again.
       */
      id: string;
      /** @description A place in the channel: gapless, from 0, over all its events. */
      message: number;
      /** @description At most 100,000 characters (Unicode code points). */
      text: string;
      /** @constant */
      type: 'edit';
    };
    /** @description Keep the person online. Any other frame counts as one, too; without one in time the person is shown offline. */
    'client-heartbeat': {
      /** @constant */
      type: 'heartbeat';
    };
    /** @description Log in on this connection: the first frame. Answered with `welcome`, or the connection is closed. A device that the person has removed is refused until it is registered again. */
    'client-hello': {
      /** @description Per channel, the last seq up to which this device has everything; at most 500 channels. */
      cursors?: {
        [key: string]: number;
      };
      device: string;
      /** @description The `epoch` of the last `welcome`, if it had one: the log that the cursors are of. Cursors of another log recover nothing. */
      epoch?: number;
      token: string;
      /** @constant */
      type: 'hello';
    };
    /** @description React to a message, or take a reaction back. Answered as `send` is. */
    'client-react': {
      /** @enum {string} */
      change: 'added' | 'removed';
      /**
       * Format: uuid
       * @description A channel.
       */
      channel: string;
      emoji: string;
      /**
       * Format: uuid
       * @description Made by the client when the user acts; the same when the frame is sent again.
       */
      id: string;
      /** @description A place in the channel: gapless, from 0, over all its events. */
      message: number;
      /** @constant */
      type: 'react';
    };
    /** @description Read receipt: the person has read everything up to `seq`. */
    'client-read': {
      /**
       * Format: uuid
       * @description A channel.
       */
      channel: string;
      /** @description A place in the channel: gapless, from 0, over all its events. */
      seq: number;
      /** @constant */
      type: 'read';
    };
    /** @description Delivery receipt that saves the person a push: as `delivered`, and the person is told of it here. */
    'client-received': {
      /**
       * Format: uuid
       * @description A channel.
       */
      channel: string;
      /** @description A place in the channel: gapless, from 0, over all its events. */
      seq: number;
      /** @constant */
      type: 'received';
    };
    /** @description Post a message. Answered with `ack` once it is in the log, or `refused`. The messages of one connection keep their order. */
    'client-send': {
      /**
       * Format: uuid
       * @description A channel.
       */
      channel: string;
      /** @description What parts of the text are: at most 100. The text itself has no markup. */
      entities?: (
        | {
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /** @enum {string} */
            kind: 'bold' | 'italic' | 'underline' | 'strikethrough' | 'spoiler' | 'code' | 'quote';
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
          }
        | {
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /** @constant */
            kind: 'pre';
            /**
             * @description Of a program.
             * @example typescript
             */
            language?: string;
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
          }
        | {
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /** @constant */
            kind: 'link';
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
            /** @example https://example.com/choir */
            url: string;
          }
        | {
            /**
             * @description Where it begins in the text, counted in Unicode code points.
             * @example 6
             */
            from: number;
            /** @constant */
            kind: 'mention';
            /**
             * Format: uuid
             * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
             */
            person: string;
            /**
             * @description Behind its last character.
             * @example 9
             */
            to: number;
          }
      )[];
      /**
       * Format: uuid
       * @description Made by the client when the user acts; the same when the frame is sent again.
       */
      id: string;
      /** @description Pictures, videos, recordings and files that you have uploaded, at most 10. Then the text may be empty. */
      media?: {
        /**
         * @description What is to be seen, in words: at most 1500 characters.
         * @example A cat on a fence
         */
        alt?: string;
        /**
         * @description The id of a picture or a video.
         * @example 8c7b6a5d-4e3f-4c2b-9a1d-0e9f8a7b6c5d
         */
        media: string;
        /**
         * @description The name of a file: at most 255 characters.
         * @example minutes.pdf
         */
        name?: string;
      }[];
      mentions?: string[];
      /** @description The part of the message that you reply to (`replyTo`) which you speak about: at most 1000 characters. */
      quote?: {
        /**
         * @description The `seq` of the edit whose text is meant. Absent: the message’s first text.
         * @example 42
         */
        edit?: number;
        /**
         * @description Where it begins in the text, counted in Unicode code points.
         * @example 6
         */
        from: number;
        /**
         * @description Behind its last character.
         * @example 9
         */
        to: number;
      };
      /** @description A place in the channel: gapless, from 0, over all its events. */
      replyTo?: number;
      /** @description At most 100,000 characters (Unicode code points). */
      text: string;
      /** @constant */
      type: 'send';
    };
    /** @description Tell the channel’s other members that the person types. */
    'client-typing': {
      /**
       * Format: uuid
       * @description A channel.
       */
      channel: string;
      /** @constant */
      type: 'typing';
    };
    /** @description Watch the presence of these people, in place of those watched before. People whom you may not see are left out. Of members of a large group you are sent the present status, and no changes. */
    'client-watch': {
      people: string[];
      /** @constant */
      type: 'watch';
    };
    /** @description Withdraw your message. Answered as `send` is. */
    'client-withdraw': {
      /**
       * Format: uuid
       * @description A channel.
       */
      channel: string;
      /**
       * Format: uuid
       * @description Made by the client when the user acts; the same when the frame is sent again.
       */
      id: string;
      /** @description A place in the channel: gapless, from 0, over all its events. */
      message: number;
      /** @constant */
      type: 'withdraw';
    };
    /** @description The command is in the log, as `seq` of its channel. For an acknowledged `send` this connection gets no `message` besides. */
    'server-ack': {
      /**
       * Format: uuid
       * @description Made by the client when the user acts; the same when the frame is sent again.
       */
      id: string;
      position: string | null;
      /** @description A place in the channel: gapless, from 0, over all its events. */
      seq: number;
      /** @constant */
      type: 'ack';
    };
    /** @description Something was said in an announcement channel, up to `seq`. No `message` comes of it: fetch `GET /v1/channels/{channel}/messages`. */
    'server-announced': {
      /**
       * Format: uuid
       * @description A channel.
       */
      channel: string;
      /** @description A place in the channel: gapless, from 0, over all its events. */
      seq: number;
      /** @constant */
      type: 'announced';
    };
    /** @description The person has seen, read or archived something in their notification centre, on whichever device, or something may have come there: fetch `GET /v1/me/notifications/counts`, and the list where it is shown. */
    'server-centre': {
      /** @constant */
      type: 'centre';
    };
    /** @description A member joined or left, or the channel was renamed: fetch the channel. */
    'server-channel': {
      /**
       * Format: uuid
       * @description A channel.
       */
      channel: string;
      /** @constant */
      type: 'channel';
    };
    /** @description Devices of so many other members have received everything up to `seq`: of a direct channel the other person’s; of a group, as many as have your last message. Nobody remembers it for long: fetch the receipts of an older message, and show one of which nothing is known as sent. */
    'server-delivered': {
      /**
       * Format: uuid
       * @description A channel.
       */
      channel: string;
      people: number;
      /** @description A place in the channel: gapless, from 0, over all its events. */
      seq: number;
      /** @constant */
      type: 'delivered';
    };
    /** @description Of open channels, everything up to these seqs was sent. Of a channel that opens, the messages up to here were not: fetch them. */
    'server-heads': {
      heads: {
        [key: string]: number;
      };
      /** @constant */
      type: 'heads';
    };
    /** @description The person was invited to a group, or an invitation was answered or withdrawn: fetch `GET /v1/me/invitations`. */
    'server-invitations': {
      /** @constant */
      type: 'invitations';
    };
    /** @description An event of a channel. Every `seq` of an open channel comes once and in order. A `text` of null: its sender was erased, or it has disappeared. */
    'server-message':
      | {
          /** Format: date-time */
          at: string;
          /**
           * Format: uuid
           * @description A channel.
           */
          channel: string;
          clientId: string;
          /**
           * Format: date-time
           * @description Of a message that was imported, and edited before.
           */
          editedAt?: string;
          entities?: (
            | {
                /**
                 * @description Where it begins in the text, counted in Unicode code points.
                 * @example 6
                 */
                from: number;
                /** @enum {string} */
                kind: 'bold' | 'italic' | 'underline' | 'strikethrough' | 'spoiler' | 'code' | 'quote';
                /**
                 * @description Behind its last character.
                 * @example 9
                 */
                to: number;
              }
            | {
                /**
                 * @description Where it begins in the text, counted in Unicode code points.
                 * @example 6
                 */
                from: number;
                /** @constant */
                kind: 'pre';
                /**
                 * @description Of a program.
                 * @example typescript
                 */
                language?: string;
                /**
                 * @description Behind its last character.
                 * @example 9
                 */
                to: number;
              }
            | {
                /**
                 * @description Where it begins in the text, counted in Unicode code points.
                 * @example 6
                 */
                from: number;
                /** @constant */
                kind: 'link';
                /**
                 * @description Behind its last character.
                 * @example 9
                 */
                to: number;
                /** @example https://example.com/choir */
                url: string;
              }
            | {
                /**
                 * @description Where it begins in the text, counted in Unicode code points.
                 * @example 6
                 */
                from: number;
                /** @constant */
                kind: 'mention';
                /**
                 * Format: uuid
                 * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
                 */
                person: string;
                /**
                 * @description Behind its last character.
                 * @example 9
                 */
                to: number;
              }
          )[];
          /** @constant */
          event: 'posted';
          /**
           * Format: date-time
           * @description The message disappears at this time: show its words no longer.
           */
          expiresAt?: string;
          /** @description Their bytes are at `GET /v1/channels/{channel}/messages/{seq}/media/{place}`, counted from 0. */
          media?: {
            /** @description What is to be seen, in words. */
            alt?: string;
            /** @description Stands in for the picture until it is there (blurha.sh). */
            blurHash?: string;
            bytes: number;
            durationMs?: number;
            height?: number;
            /** @enum {string} */
            kind: 'image' | 'video' | 'audio' | 'file';
            /**
             * @description Of a file. Sound without a name was recorded for this message.
             * @example minutes.pdf
             */
            name?: string;
            /** @description The smaller pictures of it that there are: of at most 960 and 320 pixels; of a video its poster. */
            smaller?: ('medium' | 'small')[];
            /**
             * @description Its MIME type; of a file as its sender tells it.
             * @example image/jpeg
             */
            type: string;
            width?: number;
          }[];
          mentions?: string[];
          messageCount: number;
          /** @description null: the person whose words they are was erased. */
          quote?: {
            /** @description Where it began in the text then, counted in Unicode code points. */
            from: number;
            text: string;
          } | null;
          /** @description Of a message that was imported: the people who had reacted, by emoji. */
          reactions?: {
            [key: string]: string[];
          };
          /** @description A place in the channel: gapless, from 0, over all its events. */
          replyTo?: number;
          /**
           * Format: uuid
           * @description A person.
           */
          sender: string;
          /** @description A place in the channel: gapless, from 0, over all its events. */
          seq: number;
          text: string | null;
          /** @constant */
          type: 'message';
        }
      | {
          /** Format: date-time */
          at: string;
          /**
           * Format: uuid
           * @description A channel.
           */
          channel: string;
          entities?: (
            | {
                /**
                 * @description Where it begins in the text, counted in Unicode code points.
                 * @example 6
                 */
                from: number;
                /** @enum {string} */
                kind: 'bold' | 'italic' | 'underline' | 'strikethrough' | 'spoiler' | 'code' | 'quote';
                /**
                 * @description Behind its last character.
                 * @example 9
                 */
                to: number;
              }
            | {
                /**
                 * @description Where it begins in the text, counted in Unicode code points.
                 * @example 6
                 */
                from: number;
                /** @constant */
                kind: 'pre';
                /**
                 * @description Of a program.
                 * @example typescript
                 */
                language?: string;
                /**
                 * @description Behind its last character.
                 * @example 9
                 */
                to: number;
              }
            | {
                /**
                 * @description Where it begins in the text, counted in Unicode code points.
                 * @example 6
                 */
                from: number;
                /** @constant */
                kind: 'link';
                /**
                 * @description Behind its last character.
                 * @example 9
                 */
                to: number;
                /** @example https://example.com/choir */
                url: string;
              }
            | {
                /**
                 * @description Where it begins in the text, counted in Unicode code points.
                 * @example 6
                 */
                from: number;
                /** @constant */
                kind: 'mention';
                /**
                 * Format: uuid
                 * @example 9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31
                 */
                person: string;
                /**
                 * @description Behind its last character.
                 * @example 9
                 */
                to: number;
              }
          )[];
          /** @constant */
          event: 'edited';
          /**
           * Format: date-time
           * @description The message disappears at this time: show its words no longer.
           */
          expiresAt?: string;
          /** @description A place in the channel: gapless, from 0, over all its events. */
          message: number;
          messageCount: number;
          /**
           * Format: uuid
           * @description A person.
           */
          sender: string;
          /** @description A place in the channel: gapless, from 0, over all its events. */
          seq: number;
          text: string | null;
          /** @constant */
          type: 'message';
        }
      | {
          afterSeconds?: number | null;
          /** Format: date-time */
          at: string;
          /**
           * Format: uuid
           * @description A person.
           */
          by: string;
          /**
           * Format: uuid
           * @description A channel.
           */
          channel: string;
          /** @constant */
          event: 'notice';
          /** @enum {string} */
          history?: 'all' | 'since-joining';
          /**
           * Format: uuid
           * @description A person.
           */
          member?: string;
          /** @description That was pinned or unpinned. */
          message?: number;
          messageCount: number;
          /** @enum {string} */
          notice:
            | 'renamed'
            | 'described'
            | 'pictured'
            | 'joined'
            | 'left'
            | 'removed'
            | 'promoted'
            | 'demoted'
            | 'handed-over'
            | 'history-set'
            | 'disappearing-set'
            | 'pinned'
            | 'unpinned';
          /** @description A place in the channel: gapless, from 0, over all its events. */
          seq: number;
          title?: string | null;
          /** @constant */
          type: 'message';
        }
      | {
          /** Format: date-time */
          at: string;
          /**
           * Format: uuid
           * @description A person.
           */
          by: string;
          /**
           * Format: uuid
           * @description A channel.
           */
          channel: string;
          /** @constant */
          event: 'withdrawn';
          /** @description A place in the channel: gapless, from 0, over all its events. */
          message: number;
          messageCount: number;
          /** @description A place in the channel: gapless, from 0, over all its events. */
          seq: number;
          /** @constant */
          type: 'message';
        }
      | {
          /** Format: date-time */
          at: string;
          /** @enum {string} */
          change: 'added' | 'removed';
          /**
           * Format: uuid
           * @description A channel.
           */
          channel: string;
          emoji: string;
          /** @constant */
          event: 'reacted';
          /** @description A place in the channel: gapless, from 0, over all its events. */
          message: number;
          messageCount: number;
          /**
           * Format: uuid
           * @description A person.
           */
          person: string;
          /** @description A place in the channel: gapless, from 0, over all its events. */
          seq: number;
          /** @constant */
          type: 'message';
        }
      | {
          /** Format: date-time */
          at: string;
          /**
           * Format: uuid
           * @description A channel.
           */
          channel: string;
          /** @constant */
          event: 'previewed';
          /** Format: date-time */
          expiresAt?: string;
          /** @description A place in the channel: gapless, from 0, over all its events. */
          message: number;
          messageCount: number;
          /** @description A place in the channel: gapless, from 0, over all its events. */
          of: number;
          preview: {
            description?: string;
            image?: {
              blurHash?: string;
              height?: number;
              width?: number;
            };
            site?: string;
            title: string;
            url: string;
          } | null;
          /** @description A place in the channel: gapless, from 0, over all its events. */
          seq: number;
          /** @constant */
          type: 'message';
        };
    /** @description Something came into the person’s notification centre: fetch `GET /v1/me/notifications`. */
    'server-notification': {
      /** Format: uuid */
      notification: string;
      /** @constant */
      type: 'notification';
    };
    /** @description The status of a person whom this connection watches; when the person was last active, to 5 minutes. A person who wants to be seen as offline is sent as offline, with `lastActiveAt` null. */
    'server-presence': {
      lastActiveAt: string | null;
      /**
       * Format: uuid
       * @description A person.
       */
      person: string;
      /** @enum {string} */
      status: 'online' | 'offline';
      /** @constant */
      type: 'presence';
    };
    /** @description A member has read up to `seq`; ignore a lower one than before: it comes late from another gateway. */
    'server-read': {
      /**
       * Format: uuid
       * @description A channel.
       */
      channel: string;
      /**
       * Format: uuid
       * @description A person.
       */
      person: string;
      /** @description A place in the channel: gapless, from 0, over all its events. */
      seq: number;
      /** @constant */
      type: 'read';
    };
    /** @description The frame had no effect; `code` is from the catalogue of refusals. */
    'server-refused': {
      /** @description The type of the frame that is refused. */
      about?: string;
      /** @enum {string} */
      code:
        | 'bad-json'
        | 'bad-request'
        | 'unsupported-media-type'
        | 'body-too-large'
        | 'headers-too-large'
        | 'request-too-slow'
        | 'route-unknown'
        | 'method-not-allowed'
        | 'bad-frame'
        | 'text-malformed'
        | 'text-not-one-line'
        | 'text-turns-direction'
        | 'token-missing'
        | 'token-invalid'
        | 'token-expired'
        | 'session-ended'
        | 'device-removed'
        | 'login-failed'
        | 'login-not-recent'
        | 'password-wrong'
        | 'password-too-common'
        | 'password-has-login-name'
        | 'login-ticket-invalid'
        | 'account-claim-invalid'
        | 'second-factor-wrong'
        | 'second-factor-unknown'
        | 'second-factors-full'
        | 'session-unknown'
        | 'signature-missing'
        | 'signature-invalid'
        | 'signature-expired'
        | 'signature-replayed'
        | 'forbidden'
        | 'role-too-low'
        | 'reason-missing'
        | 'reason-too-long'
        | 'operator-name-invalid'
        | 'operator-name-taken'
        | 'operator-unknown'
        | 'operators-full'
        | 'origin-not-allowed'
        | 'idempotency-key-reused'
        | 'command-expired'
        | 'clock-skew'
        | 'write-contention'
        | 'rate-limited'
        | 'gateway-full'
        | 'queue-full'
        | 'log-unavailable'
        | 'store-unavailable'
        | 'views-not-ready'
        | 'views-damaged'
        | 'position-not-reached'
        | 'position-invalid'
        | 'position-of-another-log'
        | 'internal-error'
        | 'login-taken'
        | 'person-unknown'
        | 'person-erased'
        | 'name-empty'
        | 'name-too-long'
        | 'about-too-long'
        | 'code-invalid'
        | 'phone-number-invalid'
        | 'endpoint-unknown'
        | 'language-unknown'
        | 'country-unknown'
        | 'time-zone-unknown'
        | 'quiet-hours-invalid'
        | 'digest-invalid'
        | 'category-mandatory'
        | 'preferences-full'
        | 'self-not-allowed'
        | 'friends-full'
        | 'follows-full'
        | 'mutes-full'
        | 'blocks-full'
        | 'friend-request-unknown'
        | 'friend-request-pending'
        | 'not-the-recipient'
        | 'not-the-requester'
        | 'friend-reservation-expired'
        | 'already-friends'
        | 'not-a-friend'
        | 'blocked'
        | 'export-unknown'
        | 'scheduled-post-unknown'
        | 'scheduled-post-begun'
        | 'scheduled-message-unknown'
        | 'scheduled-message-begun'
        | 'message-send-at-out-of-range'
        | 'publish-at-out-of-range'
        | 'media-unknown'
        | 'media-not-ready'
        | 'media-type-refused'
        | 'media-heic'
        | 'media-damaged'
        | 'media-too-many-pixels'
        | 'media-too-costly'
        | 'media-too-many'
        | 'picture-is-video'
        | 'picture-unknown'
        | 'media-twice'
        | 'upload-conflict'
        | 'upload-too-large'
        | 'alt-too-long'
        | 'suspended'
        | 'suspended-for-good'
        | 'suspension-over'
        | 'content-refused'
        | 'content-unchecked'
        | 'same-text'
        | 'case-unknown'
        | 'media-not-in-post'
        | 'moderation-text-too-long'
        | 'appeal-empty'
        | 'nothing-to-appeal'
        | 'appealed-already'
        | 'post-unknown'
        | 'post-deleted'
        | 'post-hidden'
        | 'pinned-posts-full'
        | 'post-is-share'
        | 'post-not-public'
        | 'post-too-long'
        | 'post-empty'
        | 'not-the-author'
        | 'channel-unknown'
        | 'channel-full'
        | 'not-a-group'
        | 'title-empty'
        | 'title-too-long'
        | 'not-the-owner'
        | 'not-an-admin'
        | 'owner-must-hand-over'
        | 'member-unknown'
        | 'too-many-admins'
        | 'description-too-long'
        | 'invitation-link-invalid'
        | 'link-expiry-out-of-range'
        | 'too-many-links'
        | 'too-many-join-requests'
        | 'too-many-invitations'
        | 'join-request-unknown'
        | 'mute-until-out-of-range'
        | 'invitation-unknown'
        | 'message-request-unknown'
        | 'search-empty'
        | 'message-unknown'
        | 'message-disappeared'
        | 'message-withdrawn'
        | 'message-too-long'
        | 'message-empty'
        | 'not-the-sender'
        | 'emoji-invalid'
        | 'too-many-reactions'
        | 'too-many-entities'
        | 'entity-invalid'
        | 'links-too-long'
        | 'file-name-empty'
        | 'file-name-too-long'
        | 'quote-invalid'
        | 'quote-too-long'
        | 'pins-full'
        | 'too-many-mentions'
        | 'app-unknown'
        | 'app-disabled'
        | 'sender-identity-invalid'
        | 'app-secret-replaced'
        | 'category-invalid'
        | 'categories-full'
        | 'not-enrolled'
        | 'notification-unknown'
        | 'categories-read-full'
        | 'notification-cancelled'
        | 'failover-invalid'
        | 'scope-missing'
        | 'scope-by-operators'
        | 'part-out-of-range'
        | 'changes-cursor-invalid'
        | 'changes-filter-invalid'
        | 'part-taken'
        | 'app-keys-full'
        | 'quota-exceeded'
        | 'recipients-missing'
        | 'content-missing'
        | 'too-many-recipients'
        | 'recipients-or-list'
        | 'list-unknown'
        | 'too-many-members'
        | 'not-a-campaign'
        | 'campaign-finished'
        | 'content-too-large'
        | 'content-fits-no-channel'
        | 'send-at-too-far'
        | 'send-at-twice'
        | 'schedule-unknown'
        | 'schedule-over'
        | 'schedule-rule-invalid'
        | 'expires-before-sending'
        | 'delivery-unknown'
        | 'delivery-status-conflict'
        | 'funnel-too-large'
        | 'template-unknown'
        | 'template-invalid'
        | 'parameter-missing'
        | 'parameter-invalid'
        | 'webhook-unknown'
        | 'webhook-message-unknown'
        | 'webhook-url-invalid'
        | 'unsubscribe-token-invalid'
        | 'routing-invalid'
        | 'link-invalid'
        | 'callback-invalid';
      detail: string;
      facts?: {
        [key: string]: string | number;
      };
      id?: string;
      /** @constant */
      type: 'refused';
    };
    /** @description A member types; show it for a few seconds. */
    'server-typing': {
      /**
       * Format: uuid
       * @description A channel.
       */
      channel: string;
      /**
       * Format: uuid
       * @description A person.
       */
      person: string;
      /** @constant */
      type: 'typing';
    };
    /** @description The answer to `hello`. */
    'server-welcome': {
      /** @description Names the log that every `seq` and position is of; absent until the log is first restored from a backup. Where it is not the one that you sent, forget what you have of every channel, and fetch it again. */
      epoch?: number;
      gateway: string;
      /** @description The last seq of each of the person’s other channels; where nothing was recovered, of all channels. */
      heads: {
        [key: string]: number;
      };
      heartbeatEveryMs: number;
      /**
       * Format: uuid
       * @description A person.
       */
      person: string;
      pingEveryMs: number;
      /** @description True: the missed messages of every channel named in `hello` follow. False: fetch them, up to `heads`. */
      recovered: boolean;
      /** Format: date-time */
      serverTime: string;
      /** @constant */
      type: 'welcome';
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
