import { strict as assert } from 'node:assert';
import { parsed, scraped } from './scrape.ts';

describe('rules: the labels of a scrape', () => {
  it('of a series about a Bestie: its own Namespace wins', () => {
    assert.deepEqual(parsed(scraped('bestie_spec_replicas{pod="bestie-operator-a",namespace="shop",bestie="bestie"}')).labels, {
      instance: 'bestie-operator-a:8081',
      namespace: 'shop',
      job: 'bestie-operator',
      service: 'bestie-operator',
      endpoint: 'metrics',
      container: 'webhook',
      pod: 'bestie-operator-a',
      bestie: 'bestie',
    });
  });

  it('of Metacontroller', () => {
    const { labels } = parsed(scraped('workqueue_depth{pod="metacontroller-0"}'));
    assert.equal(labels.namespace, 'metacontroller');
    assert.equal(labels.job, 'metacontroller-metrics');
    assert.equal(labels.name, 'CompositeController-bestie-operator');
  });

  it('of a pod that no target scrapes', () => {
    assert.throws(() => scraped('up{pod="other"}'), /nothing scrapes/);
    assert.throws(() => scraped('up'), /not understood/);
  });
});
