import { strict as assert } from 'node:assert';
import type { Observed } from '../../src/api/observed.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { durable, lacksRecords, LAST_APPLIED_ANNOTATION, recordReader } from '../../src/observed/lastapplied.ts';
import { labels } from '../../src/api/names.ts';
import { deepFreeze } from '../support/freeze.ts';
import { each } from '../support/table.ts';

const FACT = 'pets.bestie.com/running';
const child = (annotations: Record<string, string> | null | undefined): KubeObject =>
  deepFreeze({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'bestie-app', ...(annotations !== undefined && { annotations }) },
  });
const record = (annotations?: Record<string, string>, identity: object = {}): string =>
  JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', ...identity, metadata: { name: 'bestie-app', annotations } });
const withRecord = (text: string, live: Record<string, string> = {}): KubeObject => child({ ...live, [LAST_APPLIED_ANNOTATION]: text });

describe('observed/lastapplied', () => {
  each<KubeObject, boolean>(
    {
      Readable: { reason: 'what Metacontroller writes', given: withRecord(record()), want: true },
      None: { reason: 'an adopted object', given: child({}), want: false },
      NoAnnotations: { reason: 'the API server leaves an empty map out', given: child(undefined), want: false },
      NullAnnotations: { reason: 'nulls are normal input', given: child(null), want: false },
      NotJSON: { reason: 'another client wrote something else there', given: withRecord('{'), want: false },
      JSONNull: { reason: 'JSON, but no object', given: withRecord('null'), want: false },
      JSONString: { reason: 'JSON, but no object', given: withRecord('"x"'), want: false },
      NoMetadata: {
        reason: 'an object without a name is no object',
        given: withRecord('{"apiVersion":"apps/v1","kind":"Deployment"}'),
        want: false,
      },
      AnotherKind: {
        reason: 'copied from another object, it would turn this one into that',
        given: withRecord(record({}, { kind: 'Service' })),
        want: false,
      },
      AnotherVersion: { reason: 'the same', given: withRecord(record({}, { apiVersion: 'apps/v1beta1' })), want: false },
      AnotherName: { reason: 'the same', given: withRecord(record().replace('bestie-app', 'other-app')), want: false },
    },
    (given, want) => {
      assert.equal(recordReader()(given) !== undefined, want);
    },
  );

  it('reads each child once', () => {
    const reader = recordReader();
    const given = withRecord(record());
    assert.equal(reader(given), reader(given));
  });

  each<KubeObject, string | undefined>(
    {
      Both: {
        reason: 'a live value that a person changed is drift',
        given: withRecord(record({ [FACT]: 'applied' }), { [FACT]: 'live' }),
        want: 'applied',
      },
      RemovedLive: { reason: 'a removed annotation is repaired', given: withRecord(record({ [FACT]: 'applied' })), want: 'applied' },
      LiveOnly: { reason: 'an adopted object says it itself', given: child({ [FACT]: 'live' }), want: 'live' },
      RecordWithout: {
        reason: 'a user may state what the operator never wrote',
        given: withRecord(record({}), { [FACT]: 'live' }),
        want: 'live',
      },
      Neither: { reason: 'nothing is known', given: withRecord(record({})), want: undefined },
    },
    (given, want) => {
      assert.equal(durable({ applied: recordReader() }, given, FACT), want);
    },
  );

  describe('lacksRecords', () => {
    const ours = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, labels: labels('bestie') } });
    each<KubeObject[], boolean>(
      {
        NoChildren: { reason: 'nothing is known yet', given: [], want: false },
        Ours: { reason: 'what we made has a record under dynamic-apply', given: [ours(child({}))], want: true },
        OneRecord: { reason: 'then Metacontroller writes them', given: [ours(child({})), ours(withRecord(record()))], want: false },
        OursBesideAdopted: { reason: 'one of ours says enough', given: [child({}), ours(child({}))], want: true },
        Adopted: { reason: 'a user made it: the record comes with the next answer', given: [child({})], want: false },
        NullLabels: {
          reason: 'nulls are normal input',
          given: [{ ...child({}), metadata: { name: 'bestie-app', labels: null } }],
          want: false,
        },
      },
      (given, want) => {
        const children = new Map([
          ['Deployment.apps/v1', new Map(given.map((object, index) => [String(index), object]))],
        ]) as Observed['children'];
        assert.equal(lacksRecords({ children, applied: recordReader() }), want);
      },
    );
  });
});
