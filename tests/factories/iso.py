"""Metadata in ISO 19139 for tests, written for them."""

_HEAD = (
    '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco" '
    'xmlns:gml="http://www.opengis.net/gml" xmlns:gmx="http://www.isotc211.org/2005/gmx" '
    'xmlns:xlink="http://www.w3.org/1999/xlink">'
)
_CODES = "http://www.isotc211.org/2005/resources/codeList.xml"


def _text(name: str, value: str) -> str:
    return f"<gmd:{name}><gco:CharacterString>{value}</gco:CharacterString></gmd:{name}>"


def _code(name: str, kind: str, value: str) -> str:
    return (
        f'<gmd:{name}><gmd:{kind} codeList="{_CODES}#{kind}" codeListValue="{value}">{value}</gmd:{kind}></gmd:{name}>'
    )


def _party(role: str, organization: str, email: str) -> str:
    address = f"<gmd:contactInfo><gmd:CI_Contact><gmd:address><gmd:CI_Address>{_text('electronicMailAddress', email)}"
    return (
        f"<gmd:CI_ResponsibleParty>{_text('organisationName', organization)}{address}</gmd:CI_Address></gmd:address>"
        f"</gmd:CI_Contact></gmd:contactInfo>{_code('role', 'CI_RoleCode', role)}</gmd:CI_ResponsibleParty>"
    )


def _date(day: str, kind: str) -> str:
    return (
        f"<gmd:date><gmd:CI_Date><gmd:date><gco:Date>{day}</gco:Date></gmd:date>"
        f"{_code('dateType', 'CI_DateTypeCode', kind)}</gmd:CI_Date></gmd:date>"
    )


def _side(name: str, degrees: float) -> str:
    return f"<gmd:{name}><gco:Decimal>{degrees}</gco:Decimal></gmd:{name}>"


def _online(url: str, protocol: str, name: str) -> str:
    return (
        f"<gmd:onLine><gmd:CI_OnlineResource><gmd:linkage><gmd:URL>{url}</gmd:URL></gmd:linkage>"
        f"{_text('protocol', protocol)}{_text('name', name)}</gmd:CI_OnlineResource></gmd:onLine>"
    )


def metadata(id_: str, title: str, *, scope: str = "dataset", abstract: str = "城市绿地的边界与面积。") -> str:
    """One record: a land use map of Guangzhou with a WMS, a file and a page."""
    box = (
        _side("westBoundLongitude", 112.9)
        + _side("eastBoundLongitude", 114.1)
        + _side("southBoundLatitude", 22.5)
        + _side("northBoundLatitude", 23.9)
    )
    return (
        _HEAD
        + _text("fileIdentifier", id_)
        + '<gmd:language><gmd:LanguageCode codeList="http://www.loc.gov/standards/iso639-2/" codeListValue="chi"/>'
        "</gmd:language>"
        + _code("hierarchyLevel", "MD_ScopeCode", scope)
        + f"<gmd:contact>{_party('pointOfContact', '广州市规划和自然资源局', 'map@gz.example')}</gmd:contact>"
        + "<gmd:dateStamp><gco:Date>2024-05-06</gco:Date></gmd:dateStamp>"
        + "<gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation>"
        + _text("title", title)
        + _date("2023-01-02", "publication")
        + _date("2024-03-04", "revision")
        + "</gmd:CI_Citation></gmd:citation>"
        + _text("abstract", abstract)
        + f"<gmd:pointOfContact>{_party('publisher', '广州市林业和园林局', 'green@gz.example')}</gmd:pointOfContact>"
        + "<gmd:resourceMaintenance><gmd:MD_MaintenanceInformation>"
        + _code("maintenanceAndUpdateFrequency", "MD_MaintenanceFrequencyCode", "annually")
        + "</gmd:MD_MaintenanceInformation></gmd:resourceMaintenance>"
        + "<gmd:descriptiveKeywords><gmd:MD_Keywords>"
        + _text("keyword", "绿地")
        + _text("keyword", "公园")
        + "</gmd:MD_Keywords></gmd:descriptiveKeywords><gmd:resourceConstraints><gmd:MD_LegalConstraints>"
        + _text("useLimitation", "注明来源即可使用。")
        + "</gmd:MD_LegalConstraints></gmd:resourceConstraints>"
        + "<gmd:topicCategory><gmd:MD_TopicCategoryCode>environment</gmd:MD_TopicCategoryCode></gmd:topicCategory>"
        + "<gmd:extent><gmd:EX_Extent><gmd:geographicElement><gmd:EX_GeographicBoundingBox>"
        + box
        + "</gmd:EX_GeographicBoundingBox></gmd:geographicElement></gmd:EX_Extent></gmd:extent>"
        + "</gmd:MD_DataIdentification></gmd:identificationInfo>"
        + "<gmd:distributionInfo><gmd:MD_Distribution><gmd:transferOptions><gmd:MD_DigitalTransferOptions>"
        + _online("https://map.gz.example/wms?service=WMS", "OGC:WMS", "绿地图层")
        + _online("https://map.gz.example/green.zip", "WWW:DOWNLOAD-1.0-http--download", "绿地.zip")
        + _online("https://map.gz.example/about", "WWW:LINK-1.0-http--link", "说明")
        + "</gmd:MD_DigitalTransferOptions></gmd:transferOptions></gmd:MD_Distribution></gmd:distributionInfo>"
        + "</gmd:MD_Metadata>"
    )
