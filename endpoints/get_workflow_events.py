from host.endpoint import endpoint

GetWorkflowEvents = endpoint("get_workflow_events")
