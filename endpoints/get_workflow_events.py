from host.sdk.endpoint import endpoint

GetWorkflowEvents = endpoint("get_workflow_events")
