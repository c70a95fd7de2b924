#include "serve/api.h"

namespace nightjar::serve {

void Api::addTo(Router& router) {
  addStatusRoutes(*this, router);
  addEntityRoutes(*this, router);
  addSeriesRoutes(*this, router);
  addIncidentRoutes(*this, router);
  addEvidenceRoutes(*this, router);
  addInstrumentRoutes(*this, router);
  addIodaRoutes(*this, router);
}

}  // namespace nightjar::serve
