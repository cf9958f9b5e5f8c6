-- What the flow lands: text in Parquet files, one folder a day. Partition projection spares a crawler.
create external table salesforce.opportunity (
    id string,
    createddate string,
    lastmodifieddate string,
    region__c string,
    leadsource string,
    amount string
)
partitioned by (day string)
stored as parquet
location 's3://my-lake/salesforce/opportunity/'
tblproperties (
    'projection.enabled' = 'true',
    'projection.day.type' = 'date',
    'projection.day.format' = 'yyyy/MM/dd',
    'projection.day.range' = '2025/01/01,NOW',
    'storage.location.template' = 's3://my-lake/salesforce/opportunity/${day}/'
)
