// A device guard for CUDA where torch was built without it: devices that do nothing, so that tensors may
// say "cuda", autograd's threads included.
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>

namespace {
using namespace c10;

thread_local DeviceIndex current = 0;
DeviceIndex count = 1;

void choose(Device device) {
  if (device.index() >= 0) current = device.index();
}

struct PretendGuard final : impl::DeviceGuardImplInterface {
  DeviceType type() const override { return DeviceType::CUDA; }
  Device getDevice() const override { return Device(DeviceType::CUDA, current); }
  void setDevice(Device device) const override { choose(device); }
  void uncheckedSetDevice(Device device) const noexcept override { choose(device); }
  Device exchangeDevice(Device device) const override {
    Device before = getDevice();
    choose(device);
    return before;
  }
  Stream getStream(Device device) const noexcept override {
    auto index = device.index() < 0 ? current : device.index();
    return Stream(Stream::DEFAULT, Device(DeviceType::CUDA, index));
  }
  Stream getDefaultStream(Device device) const override { return getStream(device); }
  Stream getNewStream(Device device, int) const override { return getStream(device); }
  Stream exchangeStream(Stream stream) const noexcept override { return getStream(stream.device()); }
  DeviceIndex deviceCount() const noexcept override { return count; }
  void record(void**, const Stream&, const DeviceIndex, const EventFlag) const override {}
  void block(void*, const Stream&) const override {}
  bool queryEvent(void*) const override { return true; }
  void destroyEvent(void*, const DeviceIndex) const noexcept override {}
  bool queryStream(const Stream&) const override { return true; }
  void synchronizeStream(const Stream&) const override {}
  void synchronizeEvent(void*) const override {}
  void synchronizeDevice(const DeviceIndex) const override {}
  void recordDataPtrOnStream(const DataPtr&, const Stream&) const override {}
  double elapsedTime(void*, void*, const DeviceIndex) const override { return 1.0; }
};

struct PretendHooks final : at::CUDAHooksInterface {
  void init() const override {}
  bool hasCUDA() const override { return true; }
  bool isAvailable() const override { return true; }
  bool isBuilt() const override { return true; }
  bool hasPrimaryContext(DeviceIndex) const override { return true; }
  bool isPinnedPtr(const void*) const override { return false; }
  int getNumGPUs() const override { return count; }
  DeviceIndex deviceCount() const override { return count; }
  DeviceIndex getCurrentDevice() const override { return current; }
  void setCurrentDevice(DeviceIndex index) const override { current = index; }
  void deviceSynchronize(DeviceIndex) const override {}
};
}  // namespace

extern "C" void pretend_register(int devices) {
  count = static_cast<DeviceIndex>(devices);
  auto& slot = impl::device_guard_impl_registry[static_cast<size_t>(DeviceType::CUDA)];
  if (!slot.load()) slot.store(new PretendGuard());
  // Whoever asked for the hooks before has the default ones: they get our functions, and have no data.
  static PretendHooks* hooks = new PretendHooks();
  auto& used = const_cast<at::CUDAHooksInterface&>(at::detail::getCUDAHooks());
  *reinterpret_cast<void**>(&used) = *reinterpret_cast<void**>(hooks);
}
