-- The health of a Bestie for Argo CD: what to look at first is asked first. Argo CD runs this with `obj`, the Bestie, under Lua 5.1.
local health = { status = "Progressing", message = "it has not been reconciled yet" }
if obj.status == nil or obj.status.conditions == nil then
  return health
end

local conditions = {}
for _, condition in ipairs(obj.status.conditions) do
  conditions[condition.type] = condition
end

local function isTrue(type)
  return conditions[type] ~= nil and conditions[type].status == "True"
end

if conditions.Ready ~= nil then
  health.message = conditions.Ready.message
end

if obj.status.observedGeneration ~= obj.metadata.generation then
  health.message = "the operator has not looked at the latest spec yet"
elseif isTrue("Stalled") then
  health.status = "Degraded"
  health.message = conditions.Stalled.message
elseif isTrue("Paused") then
  health.status = "Suspended"
elseif isTrue("Ready") and not isTrue("Reconciling") then
  health.status = "Healthy"
end
return health
