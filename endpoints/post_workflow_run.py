from host.sdk.endpoint import endpoint

PostWorkflowRun = endpoint("post_workflow_run")
