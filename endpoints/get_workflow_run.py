from host.sdk.endpoint import endpoint

GetWorkflowRun = endpoint("get_workflow_run")
