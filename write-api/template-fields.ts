/** The fields of templates, and of what is made of them. */
import { z } from 'zod';
import { LANGUAGE_CHARACTERS_MAX, languageOf } from '../domain/shared/language.ts';

const liquid = (description: string) => z.string().meta({ description: `${description}, in Liquid.` });

export const languageField = z
  .string()
  .max(LANGUAGE_CHARACTERS_MAX)
  .refine((tag) => languageOf(tag) !== undefined, 'must be a language, such as de or pt-BR')
  .overwrite((tag) => languageOf(tag) ?? tag);

export const templateTexts = z.strictObject({
  title: z.string().optional().meta({ description: 'The title, in Liquid. It is put into one line; where it renders to nothing, there is no title.' }),
  body: z.string().meta({ description: 'The text, in Liquid.' }),
  url: liquid('The http or https address that opens when the recipient taps the notification').optional(),
  push: z
    .strictObject({ title: liquid('In place of the title').optional(), body: liquid('In place of the body').optional() })
    .optional()
    .meta({ description: 'What only a push has.' }),
  sms: z
    .strictObject({ body: liquid('The whole text message, in place of title, body and url') })
    .optional()
    .meta({ description: 'What only a text message has.' }),
  email: z
    .strictObject({
      subject: liquid('In place of the title').optional(),
      body: liquid('The plain text, in place of the body').optional(),
      html: z.string().optional().meta({
        description: 'HTML, sent beside the plain text, in Liquid. Parameters are escaped here; styles of `<style>` are put into the elements.',
      }),
    })
    .optional()
    .meta({ description: 'What only an email has.' }),
  inApp: z
    .strictObject({ title: liquid('In place of the title').optional(), body: liquid('In place of the body').optional() })
    .optional()
    .meta({ description: 'What only the notification centre has.' }),
});

export const tracking = z
  .strictObject({
    links: z
      .boolean()
      .optional()
      .meta({ description: 'Whether links of the email lead by way of Tidings, which records that they were followed. Default: false.' }),
    opens: z.boolean().optional().meta({ description: 'Whether the HTML has a picture of one pixel, whose loading is recorded as opened. Default: false.' }),
  })
  .meta({ description: 'What is recorded of its emails.' });

export const channelContentSchema = z.looseObject({
  title: z.string().optional().meta({ description: 'The title, or the subject of an email.' }),
  body: z.string().meta({ description: 'The text.' }),
  url: z.string().optional().meta({ description: 'The address that opens.' }),
  html: z.string().optional().meta({ description: 'Of an email.' }),
});
