/** The catalogue of events at the operations listener: `/events.json`, and `/events` as a page. It says nothing of anybody. */
import { createHash } from 'node:crypto';
import { Router, type RequestHandler } from 'express';
import { CATALOGUE_STYLE, cataloguePage } from './catalogue-page.ts';
import { cataloguedEvents } from './catalogue.ts';

const STYLE_HASH = createHash('sha256').update(CATALOGUE_STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'`;

export function catalogueRoutes(): RequestHandler {
  const router = Router({ strict: true });
  router.get('/events', (_request, response) => {
    response.set('Content-Security-Policy', POLICY).type('html').send(cataloguePage());
  });
  router.get('/events.json', (_request, response) => {
    response.json({ events: cataloguedEvents() });
  });
  return router;
}
