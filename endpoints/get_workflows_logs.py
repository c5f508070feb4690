from host.sdk.endpoint import endpoint

GetWorkflowsLogs = endpoint("get_workflows_logs")
