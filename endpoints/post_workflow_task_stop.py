from host.endpoint import endpoint

PostWorkflowTaskStop = endpoint("post_workflow_task_stop")
