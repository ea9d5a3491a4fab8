/** The JSON Schemas of Metacontroller's hooks, compiled once. */
import type { ValidateFunction } from 'ajv';
import type { CustomizeRequest, SyncRequest, SyncResponse } from '../api/hook.ts';
import { ajv } from '../lib/ajv.ts';

const name = { type: 'string', minLength: 1 };
const object = {
  type: 'object',
  required: ['apiVersion', 'kind', 'metadata'],
  properties: { apiVersion: name, kind: name, metadata: { type: 'object', required: ['name'], properties: { name } } },
};
const objectMap = { type: 'object', additionalProperties: { type: 'object', additionalProperties: object } };
const parent = {
  ...object,
  properties: {
    ...object.properties,
    // Metrics and logs contain the name of a Bestie, so it is bounded even in a request that comes from no API server.
    metadata: {
      type: 'object',
      required: ['name', 'namespace', 'uid'],
      properties: { name: { ...name, maxLength: 253 }, namespace: { ...name, maxLength: 63 }, uid: { ...name, maxLength: 128 } },
    },
  },
};

/** Shape only: objects may hold anything, nulls included. */
export const isSyncRequest: ValidateFunction<SyncRequest> = ajv.compile({
  type: 'object',
  required: ['parent', 'children', 'related'],
  properties: { parent, children: objectMap, related: objectMap, finalizing: { type: 'boolean' } },
});

export const isCustomizeRequest: ValidateFunction<CustomizeRequest> = ajv.compile({
  type: 'object',
  required: ['controller', 'parent'],
  properties: {
    parent,
    controller: {
      type: 'object',
      required: ['spec'],
      properties: {
        spec: {
          type: 'object',
          required: ['childResources'],
          properties: {
            childResources: {
              type: 'array',
              items: { type: 'object', required: ['apiVersion', 'resource'], properties: { apiVersion: name, resource: name } },
            },
          },
        },
      },
    },
  },
});

const string = { type: 'string' };
const map = { type: 'object', additionalProperties: string };

/** What Metacontroller accepts in strict mode, less the fields that the operator never sends. */
export const isSyncResponse: ValidateFunction<SyncResponse> = ajv.compile({
  type: 'object',
  required: ['status', 'children'],
  additionalProperties: false,
  properties: {
    status: { type: 'object', required: ['conditions'], properties: { conditions: { type: 'array', minItems: 3 } } },
    children: {
      type: 'array',
      items: {
        ...object,
        properties: {
          apiVersion: name,
          kind: name,
          metadata: {
            type: 'object',
            required: ['name'],
            additionalProperties: false,
            properties: {
              name: { type: 'string', minLength: 1, maxLength: 253 },
              namespace: name,
              labels: map,
              annotations: map,
              ownerReferences: { type: 'array', items: { type: 'object' } },
            },
          },
          status: false,
        },
      },
    },
    resyncAfterSeconds: { type: 'number', exclusiveMinimum: 0 },
    finalized: { const: true },
  },
});
